// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IExitInKind} from "../../src/interfaces/IExitInKind.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Rule, RuleParams} from "../../src/interfaces/IMarketAdmin.sol";
import {LpQueue} from "../../src/makers/lp/LpQueue.sol";
import {BackstopModule} from "../../src/backstop/BackstopModule.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {NotClearingHouse, ZeroAmount} from "../../src/types/Errors.sol";
import {FeeState} from "../../src/types/Fees.sol";
import {MarketLedgerLib, MarketStatus} from "../../src/types/Market.sol";
import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {LockUser} from "../utils/LockUser.sol";
import {changeRule} from "../utils/RuleChange.sol";
import {StubMaker} from "../utils/StubMaker.sol";
import {ExitInKindTest} from "./ExitInKindTest.sol";

/// @dev Conditions of the exit in kind, at an OracleMaker.
contract ExitInKindOracleMakerTest is ExitInKindTest {
    // ----------------------------------------------------------------------------------------------- positions ----

    /// @dev The maker realises nothing: the part of its open notional and of its margin leaves, and nothing else changes.
    function test_Position_SliceLeavesAtItsShareOfOpenNotional() public {
        setInventory(100e18);
        jump(1900e18);
        int256 notional = positionOf(maker).openNotional.unwrap();
        int256 margin = marginOf(maker);
        IExitInKind.Slice memory slice = exitInKind(carol, carols, 0);
        assertApproxEqAbs(slice.base, 20e18, 1e8);
        assertEq(sizeOf(carol), slice.base);
        assertEq(positionOf(carol).openNotional.unwrap(), slice.quote);
        assertApproxEqAbs(slice.quote, notional / 5, 1e12);
        assertEq(sizeOf(maker), 100e18 - slice.base);
        assertEq(marginOf(carol), slice.margin);
        // At most the wei by which the slice's open notional is rounded for the maker.
        int256 realized = marginOf(maker) - (margin - slice.margin);
        assertGe(realized, 0);
        assertLe(realized, 1, "realises nothing");
        assertEq(positionOf(maker).openNotional.unwrap(), notional - slice.quote - realized);
        assertFalse(positionOf(carol).isMaker);
        assertEq(positionOf(carol).lastFillAt, positionOf(maker).lastFillAt, "E1");
        assertEq(om.balanceOf(carol) + slice.shares, carols);
        assertEq(escrowed(), 0);
    }

    function test_Position_ShortInventory() public {
        setInventory(-100e18);
        jump(1900e18);
        IExitInKind.Slice memory slice = exitInKind(carol, carols, 0);
        assertApproxEqAbs(slice.base, -20e18, 1e8);
        assertEq(sizeOf(carol) + sizeOf(maker), -100e18);
    }

    /// @dev The price at which fees accrue is neither the caller's nor a new one.
    function test_Position_FeesAccrueAtTheKeptPrice() public {
        setInventory(100e18);
        uint256 kept = _keptPrice();
        exitInKind(carol, carols, 1500e18);
        assertEq(_keptPrice(), kept);
    }

    /// @dev The slice counts as a taker's: in the skew, and in the sums by which borrowing is paid.
    function test_Position_IsATakers() public {
        setInventory(100e18);
        FeeState memory before = MarketLedgerLib.unpack(vault.marketWordsOf(market)).fees.unpack();
        assertEq(before.skew(), -100e18);
        IExitInKind.Slice memory slice = exitInKind(carol, carols, 0);
        FeeState memory later = MarketLedgerLib.unpack(vault.marketWordsOf(market)).fees.unpack();
        assertEq(later.skew(), slice.base - 100e18);
        assertEq(later.makerLong, 100e18 - uint256(slice.base));
        assertEq(later.takerLong, uint256(slice.base));
    }

    /// @dev Deposit caps bind the slice as little as they bind other exits.
    function test_Position_DepositCapDoesNotApply() public {
        setInventory(100e18);
        vm.prank(owner());
        house.setDepositCap(1);
        exitInKind(carol, carols, 0);
        assertGt(sizeOf(carol), 0);
    }

    /// @dev The slice closes a position of the owner.
    function test_Position_OppositePositionOfTheOwnerCloses() public {
        setInventory(100e18);
        fund(carol, 100_000 * USD);
        addMargin(carol, 100_000 * USD);
        vm.prank(owner());
        om.setValidSender(carol, true);
        sell(carol, maker, 20e18);
        int256 before = valueAt(carol, 2000e18);
        IExitInKind.Slice memory slice = exitInKind(carol, carols, 0);
        assertApproxEqAbs(sizeOf(carol), slice.base - 20e18, 1);
        int256 moved = slice.margin + slice.quote + slice.base * 2000;
        assertApproxEqAbs(valueAt(carol, 2000e18), before + moved, 2);
    }

    function test_Position_FlatMaker() public {
        int256 margin = marginOf(maker);
        IExitInKind.Slice memory slice = exitInKind(carol, carols, 0);
        assertEq(slice.base, 0);
        assertEq(slice.shares, carols);
        // 5 bps of the margin, as a redemption leaves.
        assertApproxEqAbs(slice.fee, uint256(margin) / 5 * 500 / 1e6, 1e12);
        assertApproxEqAbs(marginOf(carol), margin / 5 - int256(slice.fee), 1e12);
        assertEq(marginOf(maker) + marginOf(carol), margin);
    }

    function test_Position_LastLpTakesTheWholePosition() public {
        setInventory(100e18);
        vm.startPrank(lp);
        om.transfer(carol, om.balanceOf(lp));
        vm.stopPrank();
        IExitInKind.Slice memory slice = exitInKind(carol, om.balanceOf(carol), 0);
        assertEq(slice.base, 100e18);
        assertEq(sizeOf(maker), 0);
        assertEq(positionOf(maker).openNotional.unwrap(), 0);
        assertEq(om.totalSupply(), 0);
        assertGe(marginOf(maker), 0);
        assertLe(marginOf(maker), 1e8, "the virtual shares' part");
    }

    // -------------------------------------------------------------------------------------------------- notice ----

    function test_T59_Notice_RevertIf_BeforeOrAfterItsWindow() public {
        setInventory(100e18);
        uint256 exitId = startExit(carol, carols);
        uint256 at = timestamp() + NOTICE;
        vm.warp(at - 1);
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.ExitNotExecutable.selector, at - 1, at, at + 60));
        backstop.executeExit(exitId, 0);
        vm.warp(at + 60);
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.ExitNotLapsed.selector, at + 60, at + 60));
        backstop.returnExit(exitId);
        vm.warp(at + 61);
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.ExitNotExecutable.selector, at + 61, at, at + 60));
        backstop.executeExit(exitId, 0);

        uint256 held = keeper.balance;
        vm.prank(keeper);
        backstop.returnExit(exitId);
        assertEq(keeper.balance - held, KEEPER_FEE);
        assertEq(om.balanceOf(carol), carols);
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.UnknownExit.selector, exitId));
        backstop.returnExit(exitId);
    }

    /// @dev An order is visible, and the LP expects the maker to lose by it. The exit takes effect after the fill.
    function test_T59_Notice_ExitStartedAtAVisibleOrder_BearsItsFill() public {
        int256 before = valueAt(maker, 2000e18);
        uint256 exitId = startExit(carol, carols);
        buy(bob, maker, 100e18);
        jump(2100e18);
        int256 lost = before - valueAt(maker, 2100e18);
        assertGt(lost, 9000e18, "the order won");
        skip(NOTICE - 1);
        setPrice(2100e18);
        backstop.executeExit(exitId, 0);
        // Its fifth of the loss, and the exit's fee.
        assertLe(valueAt(carol, 2100e18), (before - lost) / 5);
        assertApproxEqAbs(valueAt(carol, 2100e18), (before - lost) / 5, 110e18);
        assertGe(valueAt(maker, 2100e18), (before - lost) * 4 / 5);
    }

    /// @dev The keeper of an order is an LP: while the order lives, its exit cannot take the margin that the order needs.
    function test_T60_Notice_OrdersThatWereVisibleHaveEnded() public {
        assertLe(omRequests.minLifetime(), NOTICE);
        vm.startPrank(owner());
        bytes memory refusal =
            abi.encodeWithSelector(LpQueue.OrdersOutliveExitNotice.selector, address(gateway), NOTICE - 9, NOTICE - 10);
        vm.expectRevert(refusal);
        gateway.setRules(market, orderRules(uint24(NOTICE - 69), 10, 60, 0.0001 ether));
        // Requests first, orders second.
        omRequests.setRules(LpQueue.Rules(uint32(NOTICE - 70), 60, 0));
        shbRequests.setRules(LpQueue.Rules(uint32(NOTICE - 70), 60, 0));
        gateway.setRules(market, orderRules(uint24(NOTICE - 70), 10, 60, 0.0001 ether));
        // Orders count from the oracle's commitment time, ten seconds ahead at most.
        assertEq(omRequests.minLifetime() + 10, backstop.EXIT_NOTICE());
        vm.stopPrank();
    }

    function test_Notice_AnyAccountExecutesForTheFee() public {
        setInventory(100e18);
        uint256 held = keeper.balance;
        exitInKind(carol, carols, 0);
        assertEq(keeper.balance - held, KEEPER_FEE);
    }

    function test_Notice_NoneInASettledMarket() public {
        setInventory(100e18);
        skip(3 days);
        backstop.announceSettlement(market, new bytes[](0));
        skip(1 days);
        backstop.settleMarket(market);
        uint256 exitId = startExit(carol, carols);
        backstop.executeExit(exitId, 0);
        assertApproxEqAbs(sizeOf(carol), 20e18, 1e8);
        backstop.settleAccount(market, carol);
        backstop.settleAccount(market, maker);
        backstop.settleAccount(market, bob);
        assertEq(sizeOf(backstop.SETTLEMENT_ACCOUNT()), 0);
    }

    /// @dev The announcement of a settlement returns its own coins only.
    function test_Notice_FeesInEscrowStay() public {
        startExit(carol, carols);
        skip(3 days);
        vm.deal(stranger, 1 ether);
        vm.prank(stranger);
        backstop.announceSettlement{value: 1 ether}(market, new bytes[](0));
        assertEq(stranger.balance, 1 ether);
        assertEq(address(backstop).balance, KEEPER_FEE);
    }

    // --------------------------------------------------------------------------------------- where requests fail ----

    function test_DeadFeed() public {
        setInventory(100e18);
        skip(2 days);
        exitInKind(carol, carols, 0);
        assertGt(sizeOf(carol), 0);
    }

    function test_PausedMarket() public {
        setInventory(100e18);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        exitInKind(carol, carols, 0);
        assertGt(sizeOf(carol), 0);
    }

    // ----------------------------------------------------------------------------------------------------- who ----

    function test_Who_RevertIf_MakerOrRequestVault() public {
        address[2] memory refused = [address(shb), address(omRequests)];
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(refused[i]);
            vm.expectRevert(abi.encodeWithSelector(IExitInKind.CannotHoldSlice.selector, refused[i]));
            backstop.startExit(maker, 1e18);
        }
    }

    function test_Who_RevertIf_NoMaker() public {
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.NotAMaker.selector, alice));
        backstop.startExit(alice, 1e18);
    }

    function test_Who_RevertIf_ZeroShares() public {
        vm.prank(carol);
        vm.expectRevert(ZeroAmount.selector);
        backstop.startExit(maker, 0);
    }

    function test_Who_RevertIf_LockIsHeld() public {
        setInventory(100e18);
        uint256 exitId = startExit(carol, carols);
        skip(NOTICE);
        LockUser user = new LockUser(vault);
        user.lockAnd(address(backstop), abi.encodeCall(IExitInKind.executeExit, (exitId, 0)));
        assertFalse(user.succeeded());
        assertEq(user.answer(), abi.encodeWithSelector(IVault.Locked.selector, address(user)));
    }

    /// @dev Called directly, the module would keep the shares.
    function test_Who_RevertIf_TheModuleIsCalledDirectly() public {
        BackstopModule module = backstop.backstopModule();
        vm.startPrank(carol);
        om.approve(address(module), carols);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotBackstop.selector, address(module), address(backstop)));
        module.startExit(maker, carols);
        vm.stopPrank();
        assertEq(om.balanceOf(carol), carols);
        assertEq(address(module.vault()), address(vault));
        assertEq(address(module.oracle()), address(oracle));
        assertEq(address(module.clearingHouse()), address(house));
    }

    /// @dev An operator of the LP can trade for it, and cannot give it a slice: only the holder of shares starts an exit.
    function test_Who_RevertIf_AnOperatorHasNoShares() public {
        vm.startPrank(carol);
        vault.setOperator(stranger, true);
        om.approve(address(backstop), carols);
        vm.stopPrank();
        vm.prank(stranger);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(backstop), 0, carols)
        );
        backstop.startExit(maker, carols);
        assertEq(om.balanceOf(carol), carols);
    }

    /// @dev An LP that was registered as a maker during the notice, and the settlement account.
    function test_Who_RevertIf_TheOwnerHasBecomeAMaker() public {
        setInventory(100e18);
        StubMaker stub = new StubMaker(vault, market, START_PRICE);
        vm.prank(carol);
        om.transfer(address(stub), carols);
        approve(address(stub));
        uint256 exitId = startExit(address(stub), carols);
        vm.prank(owner());
        house.registerMaker(address(stub));
        skip(NOTICE);
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.CannotHoldSlice.selector, stub));
        backstop.executeExit(exitId, 0);
        address settlement = backstop.SETTLEMENT_ACCOUNT();
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.CannotHoldSlice.selector, settlement));
        backstop.previewExit(maker, settlement, 1e18);
    }

    function test_Who_OnlyTheExchangeTakesSlices() public {
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(NotClearingHouse.selector, carol, address(house)));
        om.redeemSlice(1, 1, 1, 0);
    }

    // -------------------------------------------------------------------------------------------------- margin ----

    /// @dev A maker below maintenance cannot be divided into accounts below it. With margin of the owner the exit works.
    function test_Margin_RevertIf_BelowMaintenance_UnlessTheOwnerAddsSome() public {
        _nearlyInsolvent();
        uint256 exitId = startExit(carol, om.balanceOf(carol));
        skip(NOTICE);
        setPrice(1500e18);
        vm.expectPartialRevert(IExitInKind.SliceBelowMaintenance.selector);
        backstop.executeExit(exitId, 0);
        uint256 escrow = om.balanceOf(address(backstop));
        (IExitInKind.Slice memory quoted, uint256 lacking) = backstop.previewExit(maker, carol, escrow);
        uint256 lackingXCD = (lacking + 1e12 - 1) / 1e12;
        assertGt(lackingXCD, 1000 * USD);
        usd.mint(carol, lackingXCD);
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.NotExitOwner.selector, address(this), carol));
        backstop.executeExit(exitId, 1);
        vm.startPrank(carol);
        vm.expectPartialRevert(IExitInKind.SliceBelowMaintenance.selector);
        backstop.executeExit(exitId, lackingXCD - 1);
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, lackingXCD);
        vm.stopPrank();
        assertEq(keccak256(abi.encode(quoted)), keccak256(abi.encode(slice)));
        assertEq(marginOf(carol), slice.margin + int256(lackingXCD * 1e12));
        assertEq(marginOf(address(backstop)), 0);
        assertEq(usd.balanceOf(carol), 0);
    }

    /// @dev While the liquidation price is not readable, the last stored price decides.
    function test_Margin_AtTheLastStoredPriceOfADeadFeed() public {
        _nearlyInsolvent();
        uint256 exitId = startExit(carol, om.balanceOf(carol));
        jump(1500e18);
        skip(NOTICE);
        vm.expectRevert();
        oracle.getLiquidationPrice(market);
        vm.expectPartialRevert(IExitInKind.SliceBelowMaintenance.selector);
        backstop.executeExit(exitId, 0);
    }

    function test_Size_RevertIf_BelowTheMinimumPosition() public {
        setInventory(100e18);
        RuleParams memory rules = config().market.rules;
        changeRule(rules, Rule.MinPositionValue, 1000e18);
        vm.prank(owner());
        house.setRules(market, rules);
        skip(30 days);
        setPrice(2000e18);
        uint256 exitId = startExit(carol, carols / 100);
        skip(NOTICE);
        vm.expectPartialRevert(IExitInKind.SliceBelowMinimum.selector);
        backstop.executeExit(exitId, 0);
        exitInKind(carol, carols / 2, 0);
    }

    function test_Size_RevertIf_LessThanAUnit() public {
        setInventory(100e18);
        uint256 exitId = startExit(carol, 1);
        skip(NOTICE);
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.SliceTooSmall.selector, 1, 1));
        backstop.executeExit(exitId, 0);
    }

    // ----------------------------------------------------------------------------------------------------- fee ----

    function test_Fee_OfATradeAtTheGreaterNotional() public {
        setCharges(1000, 0, 0);
        setInventory(100e18);
        uint256 snapshot = vm.snapshotState();
        IExitInKind.Slice memory slice = exitInKind(carol, carols, 0);
        uint256 exitFee = uint256(slice.margin + int256(slice.fee)) * 500 / 1e6;
        assertApproxEqAbs(slice.fee, uint256(-slice.quote) * 1000 / 1e6 + exitFee, 2, "open notional");
        vm.revertToState(snapshot);
        slice = exitInKind(carol, carols, 3000e18);
        exitFee = uint256(slice.margin + int256(slice.fee)) * 500 / 1e6;
        assertApproxEqAbs(slice.fee, uint256(slice.base) * 3000 * 1000 / 1e6 + exitFee, 2, "current notional");
    }

    function test_Preview_EqualsExecution() public {
        setCharges(1000, 0, 0);
        setInventory(100e18);
        uint256 exitId = startExit(carol, carols);
        skip(NOTICE);
        (IExitInKind.Slice memory quoted,) = backstop.previewExit(maker, carol, carols);
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        assertEq(keccak256(abi.encode(quoted)), keccak256(abi.encode(slice)));
    }

    // ---------------------------------------------------------------------------------------------------- fuzz ----

    /// @dev The rest, which the other LPs own, is worth at least as much as before, at every price; total value is conserved to
    /// two wei.
    function testFuzz_OthersKeepTheirValueAtEveryPrice(
        int256 inventory,
        uint256 shares,
        uint256 priceNow,
        uint256 price
    ) public {
        inventory = bound(inventory, -300e18, 300e18);
        setCharges(uint24(shares % 2000), 0, 0);
        setInventory(inventory);
        jump(bound(priceNow, 1600e18, 2400e18) / 1e10 * 1e10);
        price = bound(price, 1, 6000e18);
        shares = bound(shares, 1e9, carols);
        uint256 exitId = startExit(carol, shares);
        skip(NOTICE);
        int256 shareValue = shareValueAt(price);
        int256 makers = valueAt(maker, price);
        int256 owners = valueAt(carol, price);
        try backstop.executeExit(exitId, 0) returns (IExitInKind.Slice memory) {}
        catch (bytes memory reason) {
            assertEq(bytes4(reason), IExitInKind.SliceTooSmall.selector, "only a slice below one unit fails");
            return;
        }
        // One wei of value, by which a valuation rounds.
        if (makers > 0) assertGe(shareValueAt(price) + 2e3, shareValue, "others");
        assertApproxEqAbs(valueAt(maker, price) + valueAt(carol, price), makers + owners, 2, "conserved");
        assertEq(sizeOf(maker) + sizeOf(carol), inventory);
    }

    /// @dev Depositing and leaving in kind never beats the trade that gives the same position.
    function testFuzz_EnteringAndLeavingNeverBeatsATrade(int256 inventory, uint256 amount, uint24 lpFee) public {
        inventory = bound(inventory, -300e18, 300e18);
        vm.assume(inventory < -1e18 || inventory > 1e18);
        setCharges(uint24(bound(lpFee, 0, 2000)), 0, 0);
        setInventory(inventory);
        amount = bound(amount, 1000 * USD, 500_000 * USD);
        uint256 snapshot = vm.snapshotState();
        usd.mint(lp, amount);
        vm.startPrank(lp);
        usd.approve(maker, type(uint256).max);
        uint256 shares = om.deposit(amount, 0, lp);
        vm.stopPrank();
        IExitInKind.Slice memory slice = exitInKind(lp, shares, 2000e18);
        int256 left = valueAt(lp, 2000e18);
        vm.revertToState(snapshot);

        skip(NOTICE);
        setPrice(2000e18);
        fund(alice, amount);
        int256 before = valueAt(alice, 2000e18);
        if (slice.base > 0) buy(alice, maker, uint256(slice.base));
        else sell(alice, maker, uint256(-slice.base));
        int256 cost = before - valueAt(alice, 2000e18);
        assertLe(left, int256(amount * 1e12) - cost + 1e3);
    }

    // ------------------------------------------------------------------------------------------------ internal ----

    /// @dev Leverage of six and a loss of most of the margin.
    function _nearlyInsolvent() private {
        setInventory(500e18);
        setMinMarginRatio(100_000);
        // Both LPs hold their parts of what remains.
        uint256 burned = om.balanceOf(lp) * 9 / 10;
        vm.prank(lp);
        om.withdraw(burned);
        uint256 half = om.balanceOf(lp) / 2;
        vm.prank(lp);
        om.transfer(carol, half);
    }

    function _keptPrice() private view returns (uint256) {
        return MarketLedgerLib.unpack(vault.marketWordsOf(market)).fees.unpack().price;
    }
}

/// @dev The sequencer was down, and its feed's grace period of half an hour has begun: no account is liquidated, and prices are
/// stored.
contract ExitInKindInTheSequencersGracePeriodTest is ExitInKindTest {
    AggregatorDouble private _sequencer;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        _sequencer = new AggregatorDouble(0);
        _sequencer.pushStatus(0, START - 2 days);
        (c.feed.sequencerFeed, c.feed.sequencerGracePeriod) = (address(_sequencer), 30 minutes);
    }

    /// @dev The price is known, so an LP that leaves at 3,000 pays the fee of a trade at 3,000.
    function test_Fee_OfATradeAtTheGreaterNotional() public {
        setCharges(1000, 0, 0);
        setInventory(100e18);
        uint256 exitId = startExit(carol, carols);
        skip(NOTICE);
        _sequencer.pushStatus(0, timestamp());
        setPrice(3000e18);
        vm.expectRevert();
        oracle.getLiquidationPrice(market);
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        uint256 exitFee = uint256(slice.margin + int256(slice.fee)) * 500 / 1e6;
        assertApproxEqAbs(slice.fee, uint256(slice.base) * 3000 * 1000 / 1e6 + exitFee, 2);
    }
}
