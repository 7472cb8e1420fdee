// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test} from "forge-std/Test.sol";
import {ISpotAdapter, ISpotPayer} from "../../src/interfaces/ISpotAdapter.sol";
import {IUniswapV3FactoryLike, UniswapV3Adapter} from "../../src/spot/UniswapV3Adapter.sol";
import {TestToken} from "../utils/TestToken.sol";
import {SpotMarket, UniswapV3Local} from "../utils/UniswapV3Local.sol";

/// @dev Swaps through the adapter and pays with what it holds, or less, or swaps again instead.
contract Payer is ISpotPayer {
    UniswapV3Adapter public adapter;
    uint256 public shortBy;
    bool public swapsAgain;
    bool public askedForBase;

    function setAdapter(UniswapV3Adapter adapter_) external {
        adapter = adapter_;
    }

    function payLess(uint256 shortBy_) external {
        shortBy = shortBy_;
    }

    function swapAgain() external {
        swapsAgain = true;
    }

    function swap(bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient)
        external
        returns (uint256, uint256)
    {
        return adapter.swap(isBaseToQuote, isExactInput, amount, recipient);
    }

    function paySpotSwap(bool isBaseToQuote, uint256 amount, address to) external {
        askedForBase = isBaseToQuote;
        if (swapsAgain) adapter.swap(isBaseToQuote, true, amount, address(this));
        TestToken token = TestToken(isBaseToQuote ? adapter.baseToken() : adapter.quoteToken());
        token.transfer(to, amount - shortBy);
    }
}

/// @dev Both token orders and the usual decimals, each a real pool at 2,000.
abstract contract UniswapV3AdapterTest is Test {
    TestToken internal base;
    TestToken internal quote;
    SpotMarket internal spot;
    UniswapV3Adapter internal adapter;
    Payer internal payer;
    address internal recipient = makeAddr("recipient");

    function baseDecimals() internal pure virtual returns (uint8);
    function quoteDecimals() internal pure virtual returns (uint8);
    function baseFirst() internal pure virtual returns (bool);

    function setUp() public {
        base = new TestToken("Base", "B", baseDecimals());
        quote = new TestToken("Quote", "Q", quoteDecimals());
        // Addresses decide the order: deploy until it is the one wanted.
        while ((address(base) < address(quote)) != baseFirst()) {
            quote = new TestToken("Quote", "Q", quoteDecimals());
        }
        spot = new UniswapV3Local().createMarket(base, quote, 500, 2000e18, 5_000 * 10 ** baseDecimals());
        adapter =
            new UniswapV3Adapter(IUniswapV3FactoryLike(address(spot.factory())), address(base), address(quote), 500);
        payer = new Payer();
        payer.setAdapter(adapter);
        base.mint(address(payer), type(uint128).max);
        quote.mint(address(payer), type(uint128).max);
    }

    function testFuzz_Swap_AllFourKinds(uint256 amount, bool isBaseToQuote, bool isExactInput) public {
        bool isBase = isBaseToQuote == isExactInput;
        uint256 unit = 10 ** (isBase ? baseDecimals() : quoteDecimals());
        amount = bound(amount, unit / 100, isBase ? 100 * unit : 200_000 * unit);
        (TestToken tokenIn, TestToken tokenOut) = isBaseToQuote ? (base, quote) : (quote, base);
        uint256 before = tokenIn.balanceOf(address(payer));
        (uint256 amountIn, uint256 amountOut) = payer.swap(isBaseToQuote, isExactInput, amount, recipient);
        assertEq(isExactInput ? amountIn : amountOut, amount, "exact");
        assertEq(before - tokenIn.balanceOf(address(payer)), amountIn, "paid");
        assertEq(tokenOut.balanceOf(recipient), amountOut, "arrived");
        assertEq(payer.askedForBase(), isBaseToQuote);
        // Within the impact of 2% of the depth and the fee, in WAD.
        uint256 baseWad = (isBaseToQuote ? amountIn : amountOut) * 10 ** (18 - baseDecimals());
        uint256 quoteWad = (isBaseToQuote ? amountOut : amountIn) * 10 ** (18 - quoteDecimals());
        assertApproxEqRel(quoteWad, baseWad * 2000, 0.05e18);
        if (isBaseToQuote) assertLe(quoteWad, baseWad * 2000);
        else assertGe(quoteWad, baseWad * 2000);
        assertEq(base.balanceOf(address(adapter)) + quote.balanceOf(address(adapter)), 0, "the adapter keeps nothing");
    }

    /// @dev More than the pool has: Uniswap gives what there is, which is not what was asked for.
    function test_RevertIf_PoolGivesLessThanAsked() public {
        uint256 asked = 6_000 * 10 ** baseDecimals();
        vm.expectPartialRevert(ISpotAdapter.PartialSwap.selector);
        payer.swap(false, false, asked, recipient);
    }

    function test_RevertIf_PayerPaysLess() public {
        payer.payLess(1);
        vm.expectRevert(bytes("IIA"));
        payer.swap(true, true, 10 ** baseDecimals(), recipient);
    }

    /// @dev T13: no second swap inside the first.
    function test_T13_RevertIf_SwapInProgress() public {
        payer.swapAgain();
        vm.expectRevert(abi.encodeWithSelector(ISpotAdapter.SwapInProgress.selector, address(payer)));
        payer.swap(true, true, 10 ** baseDecimals(), recipient);
    }

    function test_RevertIf_AmountIsTooLarge() public {
        uint256 max = uint256(type(int256).max);
        vm.expectRevert(abi.encodeWithSelector(UniswapV3Adapter.AmountTooLarge.selector, max + 1, max));
        payer.swap(true, true, max + 1, recipient);
    }

    function test_Constructor_RevertIf_PoolIsUnknown() public {
        IUniswapV3FactoryLike factory = IUniswapV3FactoryLike(address(spot.factory()));
        vm.expectRevert(
            abi.encodeWithSelector(UniswapV3Adapter.UnknownPool.selector, address(base), address(quote), 3000)
        );
        new UniswapV3Adapter(factory, address(base), address(quote), 3000);
    }

    /// @dev T14: only the pool, only during a swap.
    function test_T14_RevertIf_CallbackIsSpoofed() public {
        address pool = adapter.pool();
        vm.expectRevert(abi.encodeWithSelector(ISpotAdapter.NotThePool.selector, address(this), pool));
        adapter.uniswapV3SwapCallback(1, -1, abi.encode(address(payer)));
        vm.expectRevert(abi.encodeWithSelector(ISpotAdapter.NotThePool.selector, pool, pool));
        vm.prank(pool);
        adapter.uniswapV3SwapCallback(1, -1, abi.encode(address(payer)));
    }
}

contract UniswapV3AdapterBase18Quote6Test is UniswapV3AdapterTest {
    function baseDecimals() internal pure override returns (uint8) {
        return 18;
    }

    function quoteDecimals() internal pure override returns (uint8) {
        return 6;
    }

    function baseFirst() internal pure override returns (bool) {
        return true;
    }
}

contract UniswapV3AdapterQuote6Base18Test is UniswapV3AdapterTest {
    function baseDecimals() internal pure override returns (uint8) {
        return 18;
    }

    function quoteDecimals() internal pure override returns (uint8) {
        return 6;
    }

    function baseFirst() internal pure override returns (bool) {
        return false;
    }
}

contract UniswapV3AdapterBase8Quote18Test is UniswapV3AdapterTest {
    function baseDecimals() internal pure override returns (uint8) {
        return 8;
    }

    function quoteDecimals() internal pure override returns (uint8) {
        return 18;
    }

    function baseFirst() internal pure override returns (bool) {
        return true;
    }
}

contract UniswapV3AdapterQuote6Base8Test is UniswapV3AdapterTest {
    function baseDecimals() internal pure override returns (uint8) {
        return 8;
    }

    function quoteDecimals() internal pure override returns (uint8) {
        return 6;
    }

    function baseFirst() internal pure override returns (bool) {
        return false;
    }
}
