// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {ISpotAdapter} from "../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev A spot market that burns all the gas it is given, as one does in which somebody has scattered tiny positions
/// over many prices.
contract GasBurner is ISpotAdapter {
    address public immutable baseToken;
    address public immutable quoteToken;

    constructor(ISpotAdapter like) {
        (baseToken, quoteToken) = (like.baseToken(), like.quoteToken());
    }

    function swap(bool, bool, uint256, address) external pure returns (uint256, uint256) {
        while (true) {}
        return (0, 0);
    }
}

/// @dev A maker that makes trouble when it is told of a forced change.
contract HostileMaker is StubMaker {
    enum Trouble {
        OpensAReceipt,
        OpensAReceiptOfItsOwn,
        BurnsItsGas,
        AnswersAtLength
    }

    Trouble private _trouble;

    constructor(IVault vault_, uint256 marketId_, uint256 price_) StubMaker(vault_, marketId_, price_) {}

    function setTrouble(Trouble trouble) external {
        _trouble = trouble;
    }

    function onPositionForced(int256, int256, uint256) public override {
        if (_trouble == Trouble.OpensAReceiptOfItsOwn) vault.unlock();
        if (_trouble <= Trouble.OpensAReceiptOfItsOwn) vault.beginReceive(marketId);
        if (_trouble == Trouble.BurnsItsGas) while (true) {}
        if (_trouble == Trouble.AnswersAtLength) {
            assembly {
                return(0, 100000)
            }
        }
    }
}

/// @dev Faults of the solvency ladder found once, each with the test that would have shown it.
contract LadderRegressionTest is LadderTest {
    /// @dev Insurance paid the bounty for every piece of an account below zero, down to what the shortfall needed.
    function test_T30_BountyIsPaidOnce() public {
        donate(1000 * USD);
        long(alice, 20_000 * USD, 100e18);
        jump(1799e18);
        LiquidationParams memory p = params(alice, address(0));
        p.amount = 1e18;
        uint256 total;
        for (uint256 i = 0; i < 10; ++i) {
            (, uint256 reward) = liquidateAs(keeper, p);
            total += reward;
        }
        assertEq(total, 0, "for a part");
        (, total) = takeOver(alice);
        assertEq(total, BOUNTY);
        assertEq(insurance(), 895e18);
        assertLaws();
    }

    /// @dev A liquidator took all that was left of an account for a part of its position, and left the rest, worth
    /// nothing, to insurance.
    function test_T30_PenaltyOfAPartIsAtMostItsShare() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1810e18);
        LiquidationParams memory p = params(alice, address(0));
        p.amount = 40e18;
        (, uint256 reward) = liquidateAs(keeper, p);
        assertEq(reward, 200e18, "half of 40% of 1,000");
        assertEq(valueOf(alice), 600e18);
        assertEq(sizeOf(alice), 60e18);
        assertLaws();
    }

    /// @dev Whoever was to be deleveraged took the bankrupt account over at the oracle price, all but a crumb: it realised
    /// its whole profit, and at the bankruptcy price of the crumb nobody was in profit any more. The rest was bad debt.
    function test_T22_NobodyEscapesDeleveragingByTakingOverAllButACrumb() public {
        long(alice, 20_000 * USD, 100e18);
        short(bob, 20_000 * USD, 100e18);
        jump(1700e18);
        LiquidationParams memory p = params(alice, address(0));
        p.liquidator = bob;
        p.amount = 100e18 - 1e12;
        vm.expectRevert(
            abi.encodeWithSelector(
                IClearingHouse.DeleverageFirst.selector, alice, -int256(10_000e18), type(uint256).max
            )
        );
        liquidateAs(bob, p);
        deleverage(alice, bob);
        assertFlatAndEmpty(alice);
        assertEq(valueOf(bob), 40_000e18, "its profit at 1,800, not at 1,700");
        assertEq(insurance(), 0);
        assertLaws();
    }

    /// @dev Makers took the word of the ClearingHouse only, and the Backstop's was lost: no hedge, and no gap recorded.
    function test_H1_VaultHearsOfDeleveraging() public {
        _shortAgainstTheVault(alice, 10_000 * USD, 50e18);
        jumpWithPool(2300e18);
        spot.provide(95_000e18);
        deleverage(alice);
        assertEq(sizeOf(address(shb)), 0);
        assertGt(shb.assetBalance(), 90e18);
        assertEq(shb.hedgeGap(), 0);
    }

    /// @dev A gap that the vault's quote could not pay for stayed for ever, until the margin behind later takers paid for
    /// it and left the vault with more exposure than its LPs had put in.
    function test_H1_GapIsNeverClosedWithTheMarginOfLaterTakers() public {
        _shortAgainstTheVault(alice, 10_000 * USD, 50e18);
        jumpWithPool(2300e18);
        spot.moveTo(2400e18);
        deleverage(alice);
        assertEq(shb.hedgeGap(), 50e18, "the pool was away");
        spot.moveTo(2300e18);
        // Another taker's short, and its proceeds.
        addMargin(bob, 100_000 * USD);
        sell(bob, address(shb), 20e18);
        spot.moveTo(2300e18);
        spot.provide(95_000e18);
        shb.closeHedgeGap(type(uint256).max);
        assertGe(marginOf(address(shb)) + positionOf(address(shb)).openNotional.unwrap(), 0, "its close is paid for");
        assertLt(int256(uint256(shb.assetBalance())) + sizeOf(address(shb)), 100e18);
        close(bob, address(shb));
    }

    /// @dev The gap stayed whole when LPs left a flat vault with their part of the quote that was to close it.
    function test_H1_GapLeavesWithLpsInKind() public {
        _shortAgainstTheVault(alice, 10_000 * USD, 50e18);
        jumpWithPool(2300e18);
        spot.moveTo(2400e18);
        deleverage(alice);
        uint256 shares = shb.balanceOf(lp);
        vm.startPrank(lp);
        shb.withdraw(shares / 2);
        assertApproxEqAbs(shb.hedgeGap(), 25e18, 1);
        shb.withdraw(shares - shares / 2);
        assertEq(shb.hedgeGap(), 0);
        vm.stopPrank();
    }

    /// @dev A swap that burns its gas must leave enough to write the gap down.
    function test_H1_GapIsRecordedThoughTheSwapBurnsAllGas() public {
        _shortAgainstTheVault(alice, 10_000 * USD, 50e18);
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.adapter = new GasBurner(p.adapter);
        vm.prank(owner());
        shb.setParameters(p);
        jumpWithPool(2300e18);
        address[] memory nobody = new address[](0);
        vm.prank(stranger);
        backstop.deleverage{gas: 1_500_000}(market, alice, nobody);
        assertFlatAndEmpty(alice);
        assertEq(shb.hedgeGap(), 50e18);
    }

    /// @dev T25: a maker that left a receipt open, or burned its gas, undid the forced change, its own included.
    function testFuzz_T25_HookUndoesNothing(uint8 trouble, bool isTwice) public {
        HostileMaker first = _hostile(trouble);
        HostileMaker second = isTwice ? _hostile(trouble) : first;
        addMargin(alice, 20_000 * USD);
        buy(alice, address(first), 50e18);
        buy(alice, address(second), 50e18);
        jump(1700e18);
        address[] memory nobody = new address[](0);
        vm.prank(stranger);
        backstop.deleverage{gas: 4_000_000}(market, alice, nobody);
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(address(first)), 0);
        assertLaws();
        // The receipt is gone: what comes later is credited once.
        addMargin(bob, 1 * USD);
        fund(bob, 1 * USD);
        assertLaws();
    }

    /// @dev Between a hedge and its settlement, a shortfall may be none.
    function test_RevertIf_FlaggedWhileSomethingIsUnderWay() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1700e18);
        vm.prank(stranger);
        vault.lock();
        vm.expectRevert(abi.encodeWithSelector(IVault.Locked.selector, stranger));
        backstop.flagShortfall(market, alice);
    }

    /// @dev In a market with a dead feed the pool was moved to the dead price, where the vault then bought its base.
    function test_T5_SettledVaultDoesNotHedgeAtTheDeadPrice() public {
        _shortAgainstTheVault(bob, 20_000 * USD, 50e18);
        skip(3 days);
        backstop.announceSettlement(market);
        skip(1 days);
        backstop.settleMarket(market);
        // The world trades at 1,500 by now, and somebody brings the pool to where the feed stopped.
        spot.moveTo(1500e18);
        spot.moveTo(2000e18);
        backstop.settleAccount(market, address(shb));
        assertEq(sizeOf(address(shb)), 0);
        assertEq(shb.hedgeGap(), 50e18);
        assertEq(shb.assetBalance(), 50e18);
        assertGt(marginOf(address(shb)), 98_000e18);
    }

    /// @dev Anybody could announce again, each time a day from then.
    function test_Settlement_AnnouncementIsNotPutOff() public {
        long(alice, 20_000 * USD, 100e18);
        skip(3 days);
        backstop.announceSettlement(market);
        uint256 dueAt = backstop.settleableAt(market);
        skip(23 hours);
        vm.prank(stranger);
        backstop.announceSettlement(market);
        assertEq(backstop.settleableAt(market), dueAt);
    }

    /// @dev An announcement outlived the feed's return: when the feed died again, there was no notice.
    function test_Settlement_AnnouncementDoesNotOutliveTheFeedsReturn() public {
        long(alice, 20_000 * USD, 100e18);
        skip(3 days);
        backstop.announceSettlement(market);
        skip(12 hours);
        setPrice(1900e18);
        skip(3 days);
        uint256 now_ = timestamp();
        vm.expectRevert(abi.encodeWithSelector(IBackstop.SettlementNotDue.selector, now_, 0));
        backstop.settleMarket(market);
        backstop.announceSettlement(market);
        assertEq(backstop.settleableAt(market), now_ + 1 days);
    }

    /// @dev Somebody kept an update from before the feed died, and stored it just before settling, to settle at its price.
    function test_T15_Settlement_NobodyChoosesAmongOldPrices() public {
        long(alice, 20_000 * USD, 100e18);
        skip(3 days);
        backstop.announceSettlement(market);
        skip(1 days);
        bytes[] memory update = new bytes[](1);
        update[0] = priceUpdate(2500e18, START + 10, START + 9);
        pyth.updatePriceFeeds{value: 1}(update);
        uint256 now_ = timestamp();
        vm.expectRevert(abi.encodeWithSelector(IBackstop.SettlementNotDue.selector, now_, 0));
        backstop.settleMarket(market);
        // Whoever has a later one has a day to store it, which ends the choice.
        backstop.announceSettlement(market);
        assertEq(backstop.settleableAt(market), now_ + 1 days);
    }

    function _hostile(uint8 trouble) private returns (HostileMaker hostile) {
        hostile = new HostileMaker(vault, market, START_PRICE);
        hostile.setTrouble(HostileMaker.Trouble(trouble % 4));
        accounts.push(address(hostile));
        vm.prank(owner());
        house.registerMaker(address(hostile));
        hostile.addMargin(100_000 * USD);
    }

    /// @dev Its margin is initial at 2,000, and the pool is where it was.
    function _shortAgainstTheVault(address account, uint256 margin, uint256 size) private {
        addMargin(account, margin + 2000 * USD);
        sell(account, address(shb), size);
        spot.moveTo(START_PRICE);
    }
}
