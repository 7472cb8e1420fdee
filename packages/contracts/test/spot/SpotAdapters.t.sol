// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ISpotAdapter, ISpotPayer} from "../../src/interfaces/ISpotAdapter.sol";
import {SpotPath} from "../../src/spot/SpotPath.sol";
import {UniswapV3Adapter} from "../../src/spot/UniswapV3Adapter.sol";
import {IPoolManagerLike, UniswapV4Adapter} from "../../src/spot/UniswapV4Adapter.sol";
import {AmountTooLarge, ZeroAmount} from "../../src/types/Errors.sol";
import {FeeToken} from "../utils/FeeToken.sol";
import {SpotVenue, UniswapV3Venue, UniswapV4Venue} from "../utils/SpotVenues.sol";
import {TestToken} from "../utils/TestToken.sol";
import {Bounds} from "../utils/Bounds.sol";

/// @dev Swaps through an adapter and pays with its own tokens. It can pay less, swap again, or make another callback
/// first.
contract SpotPayer is ISpotPayer {
    ISpotAdapter public adapter;
    uint256 public shortBy;
    bool public swapsAgain;
    bytes public spoof;
    bytes public answer;
    bool public askedForBase;
    uint256 public paid;

    function setAdapter(ISpotAdapter adapter_) external {
        adapter = adapter_;
    }

    function payLess(uint256 shortBy_) external {
        shortBy = shortBy_;
    }

    function swapAgain() external {
        swapsAgain = true;
    }

    function spoofWith(bytes calldata spoof_) external {
        spoof = spoof_;
    }

    function swap(bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient)
        external
        returns (uint256, uint256)
    {
        return adapter.swap(isBaseToQuote, isExactInput, amount, recipient);
    }

    function paySpotSwap(bool isBaseToQuote, uint256 amount, address to) external {
        require(msg.sender == address(adapter));
        (askedForBase, paid) = (isBaseToQuote, amount);
        if (swapsAgain) adapter.swap(isBaseToQuote, true, amount, address(this));
        if (spoof.length != 0) (, answer) = address(adapter).call(spoof);
        TestToken token = TestToken(isBaseToQuote ? adapter.baseToken() : adapter.quoteToken());
        token.transfer(to, amount - shortBy);
    }
}

/// @dev One suite for every adapter, on a path of one to three real pools at a product of 2,000 quote per base.
abstract contract SpotAdapterSuite is Bounds {
    uint256 internal constant DEPTH = 5_000;

    SpotVenue internal venue;
    address[] internal path;
    ISpotAdapter internal adapter;
    SpotPayer internal payer;
    address internal recipient = makeAddr("recipient");
    /// @dev Decimals of the tokens along the path.
    uint8[] private _decimals;
    /// @dev Whether each next token has the higher address.
    bool private immutable _ascending;

    function createVenue() internal virtual returns (SpotVenue);

    /// @dev Expects the venue's revert for a payer that pays too little.
    function expectUnpaid(address token, uint256 arrived, uint256 sent) internal virtual;

    /// @dev Expects the adapter's revert for a pool that does not exist.
    function expectUnknownPool(address tokenA, address tokenB, uint24 fee) internal virtual;

    constructor(uint8[] memory decimals, bool ascending) {
        (_decimals, _ascending) = (decimals, ascending);
    }

    function setUp() public virtual {
        venue = createVenue();
        for (uint256 i = 0; i < _decimals.length; ++i) {
            TestToken token = _newToken(i);
            // Addresses determine the order: deploys until the order is the wanted one.
            while (i > 0 && (path[i - 1] < address(token)) != _ascending) token = _newToken(i);
            path.push(address(token));
        }
        for (uint256 i = 0; i + 1 < path.length; ++i) {
            venue.createPool(path[i], path[i + 1], _price(i), _depth(i));
        }
        adapter = venue.adapterFor(path);
        payer = new SpotPayer();
        payer.setAdapter(adapter);
        base().mint(address(payer), type(uint200).max);
        quote().mint(address(payer), type(uint200).max);
    }

    function base() internal view returns (TestToken) {
        return TestToken(path[0]);
    }

    function quote() internal view returns (TestToken) {
        return TestToken(path[path.length - 1]);
    }

    // ---------------------------------------------------------------------------------------------------- swaps ----

    function testFuzz_Swap_AllFourKinds(uint256 amount, bool isBaseToQuote, bool isExactInput) public {
        bool isBase = isBaseToQuote == isExactInput;
        TestToken exact = isBase ? base() : quote();
        uint256 unit = 10 ** exact.decimals();
        // A token without decimals on the way makes small amounts round to nothing.
        uint256 least = isBase || !_hasCoarseLeg() ? Math.ceilDiv(unit, 100) : 20 * unit;
        amount = boundAmount(amount, least, isBase ? 100 * unit : 200_000 * unit);
        (TestToken tokenIn, TestToken tokenOut) = isBaseToQuote ? (base(), quote()) : (quote(), base());
        uint256 before = tokenIn.balanceOf(address(payer));
        (uint256 amountIn, uint256 amountOut) = payer.swap(isBaseToQuote, isExactInput, amount, recipient);
        assertEq(isExactInput ? amountIn : amountOut, amount, "exact");
        assertEq(before - tokenIn.balanceOf(address(payer)), amountIn, "paid");
        assertEq(payer.paid(), amountIn);
        assertEq(tokenOut.balanceOf(recipient), amountOut, "arrived");
        assertEq(payer.askedForBase(), isBaseToQuote);
        _checkPrice(isBaseToQuote, amountIn, amountOut);
        for (uint256 i = 0; i < path.length; ++i) {
            assertEq(TestToken(path[i]).balanceOf(address(adapter)), 0, "the adapter keeps nothing");
        }
    }

    /// @dev 1 / (1 - 500 ppm) - 1 for each pool, up.
    function test_T57_PathFee_OfAllPools() public view {
        uint256 legs = path.length - 1;
        assertEq(adapter.pathFee(), legs == 1 ? 501 : legs == 2 ? 1002 : 1503);
    }

    /// @dev A round trip costs fees and rounding, and never gains.
    function test_Swap_RoundTripGainsNothing() public {
        uint256 unit = 10 ** base().decimals();
        (, uint256 out) = payer.swap(true, true, 10 * unit, address(payer));
        (uint256 back,) = payer.swap(false, false, 10 * unit, address(payer));
        assertGe(back, out);
    }

    /// @dev Through 200 ranges of liquidity, each of its own depth, in both directions and exact on both sides.
    function test_Swap_CrossesManyTicks() public {
        for (uint256 leg = 0; leg + 1 < path.length; ++leg) {
            int24 tick = venue.currentTick(path[leg], path[leg + 1]) / 10 * 10;
            uint128 liquidity = _liquidity(leg) / 50;
            for (int24 i = -100; i < 100; ++i) {
                uint128 part = liquidity / uint128(uint24(i < 0 ? -i + 1 : i + 1)) + 1;
                venue.provide(path[leg], path[leg + 1], tick + 10 * i, tick + 10 * (i + 1), part);
            }
        }
        uint256 unit = 10 ** base().decimals();
        uint256 sold = 100 * unit;
        int24 start = venue.currentTick(path[0], path[1]);
        (, uint256 out) = payer.swap(true, true, sold, recipient);
        assertGt(_spacingsFrom(start), 20, "ticks are crossed");
        // A base token without decimals rounds to a whole one at each tick.
        bool isFine = base().decimals() != 0;
        if (isFine) _checkPrice(true, sold, out);
        (uint256 back, uint256 bought) = payer.swap(false, false, sold, recipient);
        assertEq(bought, sold);
        assertGe(back, out);
        // The fees of both ways, and the rounding.
        if (isFine) assertLe(back, out * 1005 / 1000 + 2 * _dust());
    }

    // --------------------------------------------------------------------------------------------------- limits ----

    /// @dev More than the pools hold: they pay all they have, which is not the requested amount.
    function test_RevertIf_PoolPaysLessThanRequested() public {
        uint256 asked = 6_000 * 10 ** base().decimals();
        vm.expectPartialRevert(ISpotAdapter.PartialSwap.selector);
        payer.swap(false, false, asked, recipient);
    }

    /// @dev A pool without liquidity takes a part of the input at the limit of its prices. No leg is filled in part.
    function test_RevertIf_LiquidityEnds() public {
        for (uint256 leg = 0; leg + 1 < path.length; ++leg) {
            SpotVenue other = createVenue();
            for (uint256 i = 0; i + 1 < path.length; ++i) {
                other.createPool(path[i], path[i + 1], other.sqrtPriceOf(path[i], path[i + 1], _price(i)));
                int24 tick = other.currentTick(path[i], path[i + 1]) / 10 * 10;
                (int24 lower, int24 upper) = i == leg ? (tick - 100, tick + 100) : (-other.EDGE(), other.EDGE());
                other.provide(path[i], path[i + 1], lower, upper, _liquidity(i) * 2);
            }
            payer.setAdapter(other.adapterFor(path));
            uint256 unit = 10 ** base().decimals();
            vm.expectPartialRevert(ISpotAdapter.PartialSwap.selector);
            payer.swap(true, true, 1_000 * unit, recipient);
            vm.expectPartialRevert(ISpotAdapter.PartialSwap.selector);
            payer.swap(false, false, 1_000 * unit, recipient);
            // Within the range the swap passes.
            payer.swap(true, true, 10 * unit, recipient);
        }
    }

    function test_RevertIf_AmountIsTooLarge() public {
        uint256 max = uint256(int256(type(int128).max));
        vm.expectRevert(abi.encodeWithSelector(AmountTooLarge.selector, max + 1, max));
        payer.swap(true, true, max + 1, recipient);
    }

    function test_RevertIf_AmountIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        payer.swap(true, true, 0, recipient);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        payer.swap(false, false, 0, recipient);
    }

    /// @dev Too little to buy one unit of a token on the way.
    function test_RevertIf_ALegRoundsToNothing() public {
        if (!_hasCoarseLeg()) return;
        uint256 half = 10 ** quote().decimals() / 2;
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        payer.swap(false, true, half, recipient);
    }

    // --------------------------------------------------------------------------------------------------- tokens ----

    function test_RevertIf_PayerPaysLess() public {
        payer.payLess(1);
        uint256 unit = 10 ** base().decimals();
        expectUnpaid(path[0], unit - 1, unit);
        payer.swap(true, true, unit, recipient);
    }

    function test_RevertIf_InputTakesAFee() public {
        FeeToken(path[0]).takeFee();
        uint256 amount = 100 * 10 ** base().decimals();
        expectUnpaid(path[0], amount - amount / 100, amount);
        payer.swap(true, true, amount, recipient);
    }

    /// @dev The pool sends the full amount. The caller has to check the received amount, like makers:
    /// SpotHedge.adapters.t.sol.
    function test_OutputWithTransferFee_IsTheAmountThatThePoolSent() public {
        FeeToken(path[path.length - 1]).takeFee();
        uint256 amount = 100 * 10 ** quote().decimals();
        (, uint256 amountOut) = payer.swap(true, false, amount, recipient);
        assertEq(amountOut, amount);
        assertEq(quote().balanceOf(recipient), amount - amount / 100);
    }

    // ------------------------------------------------------------------------------------------------ callbacks ----

    /// @dev T13: no second swap inside the first.
    function test_T13_RevertIf_SwapInProgress() public {
        payer.swapAgain();
        uint256 unit = 10 ** base().decimals();
        vm.expectRevert(abi.encodeWithSelector(ISpotAdapter.SwapInProgress.selector, address(payer)));
        payer.swap(true, true, unit, recipient);
    }

    /// @dev T14: only the pool, and only during a swap.
    function test_T14_RevertIf_CallbackIsSpoofed() public {
        address authentic = venue.venueOf(adapter);
        bytes memory callback = venue.callback();
        (bool success, bytes memory answer) = address(adapter).call(callback);
        assertFalse(success);
        assertEq(answer, abi.encodeWithSelector(ISpotAdapter.NotThePool.selector, address(this), authentic));
        vm.prank(authentic);
        (success, answer) = address(adapter).call(callback);
        assertFalse(success);
        assertEq(answer, abi.encodeWithSelector(ISpotAdapter.NotThePool.selector, authentic, authentic));
    }

    /// @dev T14: no other account during a swap, the payer included.
    function test_T14_RevertIf_CallbackIsSpoofedDuringASwap() public {
        payer.spoofWith(venue.callback());
        payer.swap(true, true, 10 ** base().decimals(), recipient);
        address authentic = venue.venueOf(adapter);
        assertEq(payer.answer(), abi.encodeWithSelector(ISpotAdapter.NotThePool.selector, address(payer), authentic));
    }

    // ----------------------------------------------------------------------------------------------------- path ----

    function test_Path_IsTheConfiguredOne() public view {
        assertEq(adapter.baseToken(), path[0]);
        assertEq(adapter.quoteToken(), path[path.length - 1]);
        SpotPath route = SpotPath(address(adapter));
        assertEq(route.legs(), path.length - 1);
        for (uint256 i = 0; i < path.length; ++i) {
            assertEq(route.tokenAt(i), path[i]);
        }
        assertEq(route.tokenAt(path.length), address(0));
    }

    function test_Path_RevertIf_LengthsDoNotMatch() public {
        uint24[] memory fees = new uint24[](path.length);
        vm.expectRevert(abi.encodeWithSelector(SpotPath.InvalidPath.selector, path.length, path.length));
        venue.adapterFor(path, fees);
        address[] memory one = new address[](1);
        vm.expectRevert(abi.encodeWithSelector(SpotPath.InvalidPath.selector, 1, 0));
        venue.adapterFor(one, new uint24[](0));
        address[] memory five = new address[](5);
        vm.expectRevert(abi.encodeWithSelector(SpotPath.InvalidPath.selector, 5, 4));
        venue.adapterFor(five, new uint24[](4));
    }

    function test_Path_RevertIf_ATokenIsThereTwiceOrIsNone() public {
        address[] memory loop = new address[](3);
        (loop[0], loop[1], loop[2]) = (path[0], path[1], path[0]);
        vm.expectRevert(abi.encodeWithSelector(SpotPath.InvalidPathToken.selector, path[0]));
        venue.adapterFor(loop);
        loop[2] = address(0);
        vm.expectRevert(abi.encodeWithSelector(SpotPath.InvalidPathToken.selector, address(0)));
        venue.adapterFor(loop);
    }

    function test_Path_RevertIf_PoolIsUnknown() public {
        uint24[] memory fees = new uint24[](path.length - 1);
        for (uint256 i = 0; i < fees.length; ++i) {
            fees[i] = i + 1 == fees.length ? 3000 : 500;
        }
        expectUnknownPool(path[path.length - 2], path[path.length - 1], 3000);
        venue.adapterFor(path, fees);
    }

    // -------------------------------------------------------------------------------------------------- helpers ----

    function _newToken(uint256 i) private returns (TestToken) {
        return new FeeToken("T", "T", _decimals[i]);
    }

    /// @dev Whole units of the next token per whole unit; only the first leg is not at par.
    function _price(uint256 leg) private pure returns (uint256) {
        return leg == 0 ? 2000 : 1;
    }

    /// @dev Depth in whole tokens, worth as much as the first leg.
    function _depth(uint256 leg) private pure returns (uint256) {
        return leg == 0 ? DEPTH : DEPTH * 2000;
    }

    function _liquidity(uint256 leg) private view returns (uint128) {
        return venue.liquidityOf(path[leg], path[leg + 1], _price(leg), _depth(leg));
    }

    /// @dev Tick spacings that the first leg's price has moved.
    function _spacingsFrom(int24 start) private view returns (uint256) {
        int24 tick = venue.currentTick(path[0], path[1]);
        return uint24(tick > start ? tick - start : start - tick) / 10;
    }

    function _hasCoarseLeg() private view returns (bool) {
        for (uint256 i = 1; i + 1 < path.length; ++i) {
            if (TestToken(path[i]).decimals() == 0) return true;
        }
        return false;
    }

    /// @dev The value in quote of one smallest unit of each token on the path, rounded up.
    function _dust() private view returns (uint256 dust) {
        dust = 2000 * 10 ** quote().decimals() / 10 ** base().decimals() + 1;
        for (uint256 i = 1; i < path.length; ++i) {
            dust += 10 ** quote().decimals() / 10 ** TestToken(path[i]).decimals() + 1;
        }
    }

    /// @dev Within the fees and the impact of at most 4% of the depth; rounding by a unit of each token on each leg.
    function _checkPrice(bool isBaseToQuote, uint256 amountIn, uint256 amountOut) private view {
        (uint256 baseAmount, uint256 quoteAmount) = isBaseToQuote ? (amountIn, amountOut) : (amountOut, amountIn);
        uint256 fair = baseAmount * 2000 * 10 ** quote().decimals() / 10 ** base().decimals();
        uint256 dust = _dust();
        if (isBaseToQuote) {
            assertLe(quoteAmount, fair, "no better than the pool's price");
            assertGe(quoteAmount + 2 * dust, fair * 88 / 100);
        } else {
            assertGe(quoteAmount + 2 * dust, fair, "no better than the pool's price");
            assertLe(quoteAmount, fair * 112 / 100 + 2 * dust);
        }
    }
}

abstract contract UniswapV3Suite is SpotAdapterSuite {
    constructor(uint8[] memory decimals, bool ascending) SpotAdapterSuite(decimals, ascending) {}

    function createVenue() internal override returns (SpotVenue) {
        return new UniswapV3Venue();
    }

    function expectUnpaid(address, uint256, uint256) internal override {
        vm.expectRevert(bytes("IIA"));
    }

    function expectUnknownPool(address tokenA, address tokenB, uint24 fee) internal override {
        vm.expectRevert(abi.encodeWithSelector(UniswapV3Adapter.UnknownPool.selector, tokenA, tokenB, fee));
    }
}

abstract contract UniswapV4Suite is SpotAdapterSuite {
    constructor(uint8[] memory decimals, bool ascending) SpotAdapterSuite(decimals, ascending) {}

    /// @dev The PoolManager takes 1,000 ppm of one direction of the first pool and 500 ppm of the other.
    function test_T57_PathFee_IncludesProtocolFees() public {
        UniswapV4Adapter v4 = UniswapV4Adapter(address(adapter));
        bytes32 poolId = keccak256(abi.encode(v4.poolKeyAt(0)));
        bytes32 slot = keccak256(abi.encode(poolId, uint256(6)));
        address manager = address(v4.poolManager());
        uint256 word = uint256(vm.load(manager, slot));
        vm.store(manager, slot, bytes32(word | 1000 << 184 | 500 << 196));
        uint256 legs = path.length - 1;
        assertEq(v4.pathFee(), legs == 1 ? 1503 : legs == 2 ? 2005 : 2506);
        // The swap of one unit costs about as much.
        if (legs != 1 || base().decimals() == 0 || quote().decimals() == 0) return;
        (uint256 amountIn, uint256 amountOut) = payer.swap(true, true, 10 ** base().decimals() / 10, recipient);
        uint256 fair = amountIn * 2000 * 10 ** quote().decimals() / 10 ** base().decimals();
        assertLe((fair - amountOut) * 1e6 / amountOut, 1560);
        assertGe((fair - amountOut) * 1e6 / amountOut, 990);
    }

    function createVenue() internal override returns (SpotVenue) {
        return new UniswapV4Venue();
    }

    function expectUnpaid(address token, uint256 arrived, uint256 sent) internal override {
        vm.expectRevert(abi.encodeWithSelector(SpotPath.TransferFee.selector, token, arrived, sent));
    }

    /// @dev The PoolManager unlocks once at a time: the account that has unlocked it cannot use an adapter.
    function test_RevertIf_ThePoolManagerIsUnlocked() public {
        IPoolManagerLike manager = UniswapV4Venue(address(venue)).manager();
        assertFalse(payer.adapter().isLocked());
        vm.expectRevert(abi.encodeWithSelector(bytes4(keccak256("AlreadyUnlocked()"))));
        manager.unlock("");
    }

    function unlockCallback(bytes calldata) external returns (bytes memory) {
        assertTrue(payer.adapter().isLocked(), "T65");
        payer.swap(true, true, 10 ** base().decimals(), recipient);
        return "";
    }

    function expectUnknownPool(address tokenA, address tokenB, uint24 fee) internal override {
        (address a, address b) = tokenA < tokenB ? (tokenA, tokenB) : (tokenB, tokenA);
        vm.expectRevert(abi.encodeWithSelector(UniswapV4Adapter.UnknownPoolKey.selector, a, b, fee, int24(10)));
    }
}

/// @dev Decimals along the path, from base to quote.
function along(uint8 a, uint8 b) pure returns (uint8[] memory decimals) {
    decimals = new uint8[](2);
    (decimals[0], decimals[1]) = (a, b);
}

function along(uint8 a, uint8 b, uint8 c) pure returns (uint8[] memory decimals) {
    decimals = new uint8[](3);
    (decimals[0], decimals[1], decimals[2]) = (a, b, c);
}

function along(uint8 a, uint8 b, uint8 c, uint8 d) pure returns (uint8[] memory decimals) {
    decimals = new uint8[](4);
    (decimals[0], decimals[1], decimals[2], decimals[3]) = (a, b, c, d);
}

/// @dev Addresses along the path.
bool constant UP = true;
bool constant DOWN = false;

contract UniswapV3Base18Quote6Test is UniswapV3Suite(along(18, 6), UP) {}

contract UniswapV3Quote6Base18Test is UniswapV3Suite(along(18, 6), DOWN) {}

contract UniswapV3Base8Quote18Test is UniswapV3Suite(along(8, 18), UP) {}

contract UniswapV3Quote18Base0Test is UniswapV3Suite(along(0, 18), DOWN) {}

contract UniswapV3Base18Quote0Test is UniswapV3Suite(along(18, 0), UP) {}

contract UniswapV3Base0Quote0Test is UniswapV3Suite(along(0, 0), DOWN) {}

contract UniswapV3TwoLegsTest is UniswapV3Suite(along(18, 8, 6), UP) {}

contract UniswapV3TwoLegsDownTest is UniswapV3Suite(along(8, 18, 6), DOWN) {}

contract UniswapV3ThreeLegsTest is UniswapV3Suite(along(18, 6, 0, 18), UP) {}

contract UniswapV4Base18Quote6Test is UniswapV4Suite(along(18, 6), UP) {}

contract UniswapV4Quote6Base18Test is UniswapV4Suite(along(18, 6), DOWN) {}

contract UniswapV4Base8Quote18Test is UniswapV4Suite(along(8, 18), UP) {}

contract UniswapV4Quote18Base0Test is UniswapV4Suite(along(0, 18), DOWN) {}

contract UniswapV4Base18Quote0Test is UniswapV4Suite(along(18, 0), UP) {}

contract UniswapV4Base0Quote0Test is UniswapV4Suite(along(0, 0), DOWN) {}

contract UniswapV4TwoLegsTest is UniswapV4Suite(along(18, 8, 6), UP) {}

contract UniswapV4TwoLegsDownTest is UniswapV4Suite(along(8, 18, 6), DOWN) {}

contract UniswapV4ThreeLegsTest is UniswapV4Suite(along(18, 6, 0, 18), UP) {}
