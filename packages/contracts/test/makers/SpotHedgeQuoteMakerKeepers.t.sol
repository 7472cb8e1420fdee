// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IQuoteVault} from "../../src/interfaces/IQuoteVault.sol";
import {ISpotAdapter, ISpotPayer} from "../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {QuoteVaultTest} from "../utils/QuoteVaultTest.sol";
import {ReentrantToken} from "../utils/ReentrantToken.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev What keepers do with a quote vault, and what somebody who waits for his moment can make of it.
contract QuoteVaultDeleverageTest is QuoteVaultTest {
    uint256 private constant PRICE = 3750e18;

    function setUp() public override {
        super.setUp();
        depositLp(lp, quoteXCD(5_000_000e18), 0);
        buy(alice, maker, 240e18);
        movePrice(PRICE);
        shq.announceDeleverage();
        skip(3);
    }

    /// @dev T34: nobody executes for twenty seconds. The price has risen by 4% and the pool with it; whoever pushes the pool
    /// down to where the announced price admits the sale would buy the vault's base 4% below its price, and the OracleMaker
    /// would sell to the vault as far below it.
    function test_T34_RevertIf_ThePriceHasLeftTheAnnouncedOne_Up() public {
        bytes[] memory old = executionUpdate(PRICE, timestamp());
        _wait(3900e18, 10);
        spot.moveTo(3745e18);
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.DeleveragePriceLeft.selector, PRICE, 3900e18, 5_000));
        vm.prank(stranger);
        shq.deleverage(address(om), old);
        assertEq(exposure(), 0);
    }

    /// @dev Once the window is over, an announcement that nobody can execute makes room for the next one.
    function test_T34_ThePriceHasLeftTheAnnouncedOne_DropsItAfterTheWindow() public {
        bytes[] memory old = executionUpdate(PRICE, timestamp());
        _wait(3900e18, 11);
        uint256 held = shq.baseBalance();
        vm.expectEmit(address(shq));
        emit IQuoteVault.DeleverageCancelled(stranger, PRICE);
        vm.prank(stranger);
        assertEq(shq.deleverage(address(om), old), 0);
        assertEq(shq.baseBalance(), held);
        assertEq(shq.deleverageAt(), 0);
        assertEq(usd.balanceOf(stranger), 0);
        assertGt(deleverage(3900e18), 0);
        assertEq(exposure(), 0);
    }

    /// @dev T34: the stored price is the announced one, the market is 4% further, and the pool is pushed back to where both
    /// agree: a price that the market may have left is none to be bound to.
    function test_T34_RevertIf_TheLivePriceIsOld() public {
        bytes[] memory update = executionUpdate(PRICE, timestamp());
        setPrice(PRICE);
        skip(11);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.HedgePriceTooOld.selector, 11, 10));
        vm.prank(stranger);
        shq.deleverage(address(om), update);
        setPrice(PRICE);
        skip(10);
        assertGt(shq.deleverage(address(om), update), 0);
    }

    /// @dev The same downwards: the vault would buy back 4% above the price, from a maker that the caller is an LP of.
    function test_T34_RevertIf_ThePriceHasLeftTheAnnouncedOne_Down() public {
        // Underfunded at the lower price as well.
        movePrice(3950e18);
        skip(64);
        setPrice(3950e18);
        shq.announceDeleverage();
        skip(3);
        bytes[] memory old = executionUpdate(3950e18, timestamp());
        _wait(3800e18, 9);
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.DeleveragePriceLeft.selector, 3950e18, 3800e18, 5_000));
        shq.deleverage(address(om), old);
    }

    /// @dev Inside the bound both legs are still near the live price, and it is that price which the pool has to be near.
    function test_T34_BothLegsAreBoundByTheLivePrice() public {
        bytes[] memory update = executionUpdate(PRICE, timestamp());
        _wait(3765e18, 20);
        spot.moveTo(3740e18);
        // Within half a percent of 3,750, and not of 3,765.
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        shq.deleverage(address(om), update);
        spot.moveTo(3765e18);
        assertGt(shq.deleverage(address(om), update), 0);
        assertEq(exposure(), 0);
    }

    function test_T34_ThePerpetualLegIsBoundByTheLivePrice() public {
        bytes[] memory update = executionUpdate(PRICE, timestamp());
        // The OracleMaker asks for the announced price and its spread.
        _wait(3731.5e18, 20);
        vm.expectPartialRevert(IClearingHouse.SlippageExceeded.selector);
        shq.deleverage(address(om), update);
    }

    /// @dev An announcement that has become needless is gone, and the next one has a price of its own.
    function test_Deleverage_DropsAnAnnouncementThatIsNotNeeded() public {
        uint256 due = shq.deleverageAt();
        bytes[] memory update = executionUpdate(3500e18, due);
        setPrice(3500e18);
        vm.expectEmit(address(shq));
        emit IQuoteVault.DeleverageCancelled(keeper, 3500e18);
        vm.prank(keeper);
        assertEq(shq.deleverage(address(om), update), 0);
        assertEq(shq.deleverageAt(), 0);
        assertEq(usd.balanceOf(keeper), 0, "nothing was done");
        movePrice(PRICE);
        shq.announceDeleverage();
        assertEq(shq.deleverageAt(), timestamp() + 3);
    }

    function _wait(uint256 price, uint256 time) private {
        skip(time);
        setPrice(price);
        spot.moveTo(price);
    }
}

/// @dev No withdrawal leaves a vault that then has to be deleveraged, however small the reserve.
contract QuoteVaultReserveTest is QuoteVaultTest {
    function setUp() public override {
        super.setUp();
        IQuoteVault.QuoteRules memory rules = shq.quoteRules();
        rules.reserveRatio = 0;
        vm.prank(owner());
        shq.setQuoteRules(rules);
    }

    function testFuzz_Withdraw_MakesNoDeleveragingDue(uint256 price) public {
        buy(alice, maker, 300e18);
        price = boundPrice(price, 1500e18, 2640e18);
        movePrice(price);
        uint256 most = shq.maxRedeem(lp);
        // The margin, not looked after, is still above what withdrawals ask for: minMarginRatio is 20%.
        if (most == 0) return;
        vm.prank(lp);
        shq.withdraw(most);
        assertEq(shq.getHedge().toClose, 0);
        vm.expectPartialRevert(IQuoteVault.EnoughFunds.selector);
        shq.announceDeleverage();
        _assertFunded(price);
    }

    /// @dev Where the ratio of deleveraging is above what withdrawals ask for of the margin.
    function test_Withdraw_LeavesWhatKeepsDeleveragingAway() public {
        IQuoteVault.QuoteRules memory rules = shq.quoteRules();
        rules.deleverageRatio = 400_000;
        vm.prank(owner());
        shq.setQuoteRules(rules);
        buy(alice, maker, 300e18);
        movePrice(2150e18);
        uint256 most = shq.maxRedeem(lp);
        assertGt(most, 0);
        assertLt(most, shq.balanceOf(lp));
        vm.expectPartialRevert(ISpotHedgeVault.InsufficientAssetBalance.selector);
        vm.prank(lp);
        shq.withdraw(most + 2e12);
        vm.prank(lp);
        shq.withdraw(most);
        _assertFunded(2150e18);
        vm.expectPartialRevert(IQuoteVault.EnoughFunds.selector);
        shq.announceDeleverage();
    }

    function _assertFunded(uint256 price) private view {
        uint256 ratio = shq.quoteRules().deleverageRatio + uint256(shq.quoteRules().rebalanceBand);
        int256 funds = valueOf(maker) + int256(uint256(shq.assetBalance())) * 1e12;
        assertGe(funds, int256(uint256(-sizeOf(maker)) * price / WAD * ratio / PPM));
    }
}

/// @dev Parameters that bound each other are checked whichever of them changes.
contract QuoteVaultParametersTest is QuoteVaultTest {
    function test_SetParameters_RevertIf_BelowFourTimesTheDeleveragingsBound() public {
        ISpotHedgeVault.Parameters memory p = shq.parameters();
        p.maxHedgeDeviation = 19_999;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 19_999, 20_000, 49_999));
        vm.prank(owner());
        shq.setParameters(p);
        IQuoteVault.QuoteRules memory rules = shq.quoteRules();
        rules.maxDeleverageDeviation = 2_000;
        vm.startPrank(owner());
        shq.setQuoteRules(rules);
        // Now the bound of gaps, half a percent, is the one that binds.
        p.maxHedgeDeviation = 9_999;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 9_999, 10_000, 49_999));
        shq.setParameters(p);
        p.maxHedgeDeviation = 10_000;
        shq.setParameters(p);
        vm.stopPrank();
    }
}

/// @dev T13: whichever token calls back in whatever the vault does, it finds everything that moves value or prices shares
/// locked. Keepers are paid in collateral: theirs is one of the callbacks.
abstract contract QuoteVaultReentrancyTest is QuoteVaultTest {
    function hostile() internal view virtual returns (ReentrantToken);

    function setUp() public override {
        super.setUp();
        depositLp(lp, quoteXCD(5_000_000e18), 0);
        // The token itself is an account with a fund, a trader and an LP.
        address self = address(hostile());
        fund(self, 1000 * USD);
        vm.startPrank(owner());
        shq.setWhitelistLp(self, true);
        om.setWhitelistLp(self, true);
        om.setValidSender(self, true);
        vm.stopPrank();
        buy(bob, maker, 100e18);
    }

    function test_T13_FillsFindTheSystemLocked() public {
        for (uint256 i = 0; i < 9; ++i) {
            spot.moveTo(START_PRICE);
            _arm(i);
            buy(alice, maker, 1e18);
            _checkLocked();
            _arm(i);
            sell(alice, maker, 1e18);
            _checkLocked();
        }
    }

    function test_T13_DeleveragingFindsTheSystemLocked() public {
        buy(alice, maker, 140e18);
        movePrice(3750e18);
        uint256 id = vm.snapshotState();
        for (uint256 i = 0; i < 9; ++i) {
            shq.announceDeleverage();
            skip(3);
            bytes[] memory update = executionUpdate(3750e18, timestamp());
            _arm(i);
            vm.prank(keeper);
            shq.deleverage(address(om), update);
            _checkLocked();
            vm.revertToState(id);
        }
    }

    function test_T13_GapsAreClosedUnderTheLock() public {
        movePrice(3000e18);
        spot.moveTo(2800e18);
        _takeOver();
        assertLt(shq.hedgeGap(), 0);
        spot.moveTo(3000e18);
        uint256 id = vm.snapshotState();
        for (uint256 i = 0; i < 9; ++i) {
            _arm(i);
            shq.closeHedgeGap(type(uint256).max);
            _checkLocked();
            vm.revertToState(id);
        }
    }

    function _takeOver() private {
        addMargin(bob, 100_000 * USD);
        vm.prank(bob);
        house.liquidate(_liquidation());
    }

    function _liquidation() private view returns (LiquidationParams memory params) {
        params.marketId = market;
        (params.account, params.liquidator) = (maker, bob);
        params.amount = type(uint256).max;
    }

    function _arm(uint256 i) internal {
        address self = address(hostile());
        (address target, bytes memory call_) = (address(shq), abi.encodeWithSignature("totalAssets()"));
        if (i == 1) call_ = abi.encodeWithSignature("deposit(uint256)", 1);
        if (i == 2) call_ = abi.encodeWithSignature("rebalance()");
        if (i == 3) call_ = abi.encodeWithSignature("announceDeleverage()");
        if (i == 4) call_ = abi.encodeWithSignature("sharePrice()");
        if (i == 5) call_ = abi.encodeWithSignature("getHedge()");
        if (i == 6) (target, call_) = (address(vault), abi.encodeCall(IVault.withdraw, (1, self)));
        if (i == 7) (target, call_) = (address(vault), abi.encodeCall(IVault.beginReceive, (market)));
        if (i == 8) {
            (target, call_) =
            (address(house), abi.encodeCall(IClearingHouse.trade, (order(self, address(om), true, true, 1e15))));
        }
        hostile().arm(target, call_);
    }

    function _checkLocked() internal view {
        assertTrue(hostile().tried(), "never called");
        assertFalse(hostile().succeeded(), "got in");
        assertEq(bytes4(hostile().answer()), IVault.Locked.selector);
    }
}

contract QuoteVaultBaseTokenReentrancyTest is QuoteVaultReentrancyTest {
    function createBaseToken() internal override returns (TestToken) {
        return new ReentrantToken("WETH", "WETH", 18);
    }

    function hostile() internal view override returns (ReentrantToken) {
        return ReentrantToken(address(weth));
    }
}

contract QuoteVaultCollateralReentrancyTest is QuoteVaultReentrancyTest {
    function createCollateral() internal override returns (TestToken) {
        return new ReentrantToken("USD", "USD", 6);
    }

    function hostile() internal view override returns (ReentrantToken) {
        return ReentrantToken(address(usd));
    }

    function test_T13_LpsFindTheSystemLocked() public {
        for (uint256 i = 0; i < 9; ++i) {
            usd.mint(lp, 1e6);
            _arm(i);
            vm.startPrank(lp);
            shq.deposit(1e6);
            _checkLocked();
            _arm(i);
            shq.withdraw(1e17);
            _checkLocked();
            vm.stopPrank();
        }
    }

    /// @dev Into the margin, and out of it; the keeper's fee is a transfer as well.
    function test_T13_RebalancingFindsTheSystemLocked() public {
        for (uint256 i = 0; i < 9; ++i) {
            movePrice(i % 2 == 0 ? 2300e18 : 1700e18);
            _arm(i);
            vm.prank(keeper);
            shq.rebalance();
            _checkLocked();
        }
    }
}

/// @dev Swaps at 2,000 out of its own tokens, and calls back into the system before or after it is paid.
contract ReentrantAdapter is ISpotAdapter {
    address public immutable baseToken;
    address public immutable quoteToken;
    address private _target;
    bytes private _call;
    bool private _isAfterPayment;
    bool public succeeded;
    bytes public answer;

    constructor(address baseToken_, address quoteToken_) {
        (baseToken, quoteToken) = (baseToken_, quoteToken_);
    }

    function arm(address target, bytes calldata call_, bool isAfterPayment) external {
        (_target, _call, _isAfterPayment) = (target, call_, isAfterPayment);
        (succeeded, answer) = (true, "");
    }

    function swap(bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient)
        external
        returns (uint256 amountIn, uint256 amountOut)
    {
        uint256 opposite = isBaseToQuote == isExactInput ? amount * 2000 / 1e12 : amount * 1e12 / 2000;
        (amountIn, amountOut) = isExactInput ? (amount, opposite) : (opposite, amount);
        if (!_isAfterPayment) _reenter();
        ISpotPayer(msg.sender).paySpotSwap(isBaseToQuote, amountIn, address(this));
        if (_isAfterPayment) _reenter();
        TestToken(isBaseToQuote ? quoteToken : baseToken).transfer(recipient, amountOut);
    }

    function _reenter() private {
        (succeeded, answer) = _target.call(_call);
    }
}

/// @dev T13 and T14: the adapter that the owner has named is called in the middle of everything.
contract QuoteVaultAdapterReentrancyTest is QuoteVaultTest {
    ReentrantAdapter private adapter;

    function setUp() public override {
        super.setUp();
        adapter = new ReentrantAdapter(address(weth), address(usd));
        weth.mint(address(adapter), 1000e18);
        usd.mint(address(adapter), 10_000_000 * USD);
        ISpotHedgeVault.Parameters memory p = shq.parameters();
        p.adapter = adapter;
        vm.startPrank(owner());
        shq.setParameters(p);
        shq.setWhitelistLp(address(adapter), true);
        om.setValidSender(address(adapter), true);
        vm.stopPrank();
        fund(address(adapter), 1000 * USD);
    }

    function test_T13_SwapsFindTheSystemLocked() public {
        bytes[] memory calls = new bytes[](6);
        calls[0] = abi.encodeWithSignature("totalAssets()");
        calls[1] = abi.encodeWithSignature("deposit(uint256)", 1);
        calls[2] = abi.encodeWithSignature("rebalance()");
        calls[3] = abi.encodeWithSignature("sharePrice()");
        calls[4] = abi.encodeCall(IVault.withdraw, (1, address(adapter)));
        calls[5] = abi.encodeCall(IClearingHouse.trade, (order(address(adapter), address(om), true, true, 1e15)));
        for (uint256 i = 0; i < 12; ++i) {
            address target = i / 2 == 4 ? address(vault) : i / 2 == 5 ? address(house) : maker;
            adapter.arm(target, calls[i / 2], i % 2 == 1);
            buy(alice, maker, 1e18);
            _checkLocked();
            adapter.arm(target, calls[i / 2], i % 2 == 1);
            sell(alice, maker, 1e18);
            _checkLocked();
        }
    }

    /// @dev Asked to pay twice, it has paid once; outside a swap it pays nobody.
    function test_T14_ThePaymentIsAskedForOnce() public {
        bytes memory ask = abi.encodeCall(ISpotPayer.paySpotSwap, (false, 1, address(adapter)));
        adapter.arm(maker, ask, true);
        buy(alice, maker, 1e18);
        assertFalse(adapter.succeeded());
        assertEq(bytes4(adapter.answer()), ISpotHedgeVault.NotAdapter.selector);
        vm.expectPartialRevert(ISpotHedgeVault.NotAdapter.selector);
        vm.prank(address(adapter));
        shq.paySpotSwap(false, 1, address(adapter));
        vm.expectPartialRevert(ISpotHedgeVault.NotAdapter.selector);
        shq.paySpotSwap(false, 1, address(this));
    }

    function _checkLocked() private view {
        assertFalse(adapter.succeeded(), "got in");
        assertEq(bytes4(adapter.answer()), IVault.Locked.selector);
    }
}
