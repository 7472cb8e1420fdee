// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IPythEvents} from "@pythnetwork/pyth-sdk-solidity/IPythEvents.sol";
import {DeployConfig} from "../../../script/Deploy.s.sol";
import {LiquidationParams} from "../../../src/interfaces/IClearingHouse.sol";
import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {IQuoteVault} from "../../../src/interfaces/IQuoteVault.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {IVault, MarginChange} from "../../../src/interfaces/IVault.sol";
import {LpRequestVaultTest} from "../../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

/// @dev Every change of share value has an event that names its cause. The tests rebuild the history of each maker from its
/// logs alone, cause by cause, and compare the result with the maker's own valuation.
abstract contract ShareValueTest is LpRequestVaultTest {
    /// @dev Assets of the LPs by cause: WAD quote, unless stated otherwise.
    struct Story {
        /// @dev WAD quote per base
        int256 price;
        /// @dev Position of the maker, WAD base.
        int256 size;
        /// @dev Deposits less withdrawals: in the maker's asset, and in collateral paid in kind.
        int256 flows;
        int256 flowsInKind;
        /// @dev Fees of deposits and withdrawals, in the asset. The flows include them.
        int256 lpFees;
        /// @dev Fills of an OracleMaker against the oracle price.
        int256 tradingSpread;
        /// @dev Quote of the swaps less quote of the takers, at a hedged maker.
        int256 hedges;
        /// @dev Value changes of an OracleMaker's inventory.
        int256 inventory;
        int256 funding;
        int256 borrowing;
        int256 penalties;
        /// @dev Keeper fees of a quote vault.
        int256 keepers;
        /// @dev WAD shares
        int256 shares;
    }

    constructor(MakerKind kind_) LpRequestVaultTest(kind_) {}

    function config() internal virtual override returns (DeployConfig memory c) {
        c = super.config();
        c.funding.maxRate = uint64(1e18) / 10 / 1 days;
        c.funding.maxVelocity = c.funding.maxRate / 1 days;
        c.funding.skewScale = 100e18;
        c.maxBorrowingRate = uint48(0.2e18 / uint256(365 days));
        c.hedgeSpread = 1000;
        if (kind == MakerKind.SpotHedgeQuote) c.spotHedgeQuoteMaker.spread = 1000;
    }

    /// @dev Starts from the state after deployment, with one LP in each maker.
    function rebuild() internal returns (Story memory story) {
        (int256 total, uint256 totalShares) = maker.valuation();
        story.price = int256(START_PRICE);
        (story.flows, story.shares) = (total, int256(totalShares));
        vm.recordLogs();
        history();
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(pyth)) _tellPrice(story, logs[i]);
            if (logs[i].emitter == address(vault)) _tellOfTheVault(story, logs[i]);
            if (logs[i].emitter == address(maker)) _tellOfTheMaker(story, logs[i]);
        }
    }

    /// @dev Trades, time, prices, LPs and liquidation. Ends with a fill of the maker, so that no fees are pending.
    function history() internal virtual;

    /// @dev A deposit and a partial withdrawal, by both paths.
    function lpsComeAndGo(uint256 price) internal {
        uint256 assets = xcd(30e18);
        token.mint(lp, assets);
        vm.startPrank(lp);
        token.approve(address(maker), assets);
        uint256 shares = maker.deposit(assets);
        maker.withdraw(shares / 3);
        vm.stopPrank();
        requestDeposit(carol, assets);
        settleAt(price);
        shares = claimShares(carol);
        requestRedeem(carol, shares / 2);
        settleAt(price);
    }

    function pass(uint256 time, uint256 price) internal {
        skip(time);
        setPrice(price);
    }

    /// @dev Compares the rebuilt total with the maker's own: `dust` WAD quote or base, one wei for each division.
    function checkTotal(Story memory story, int256 told) internal view {
        (int256 total, uint256 totalShares) = maker.valuation();
        assertEq(story.shares, int256(totalShares));
        assertApproxEqAbs(total, told, 100);
        assertApproxEqAbs(maker.sharePrice(), uint256(told) * 1e18 / totalShares, 1e6);
    }

    // ----------------------------------------------------------------------------------------------------- events ----

    function _tellPrice(Story memory story, Vm.Log memory log) private pure {
        if (log.topics[0] != IPythEvents.PriceFeedUpdate.selector) return;
        (, int64 price,) = abi.decode(log.data, (uint64, int64, uint64));
        int256 next = int256(price) * 1e10;
        story.inventory += story.size * (next - story.price) / 1e18;
        story.price = next;
    }

    function _tellOfTheVault(Story memory story, Vm.Log memory log) private view {
        bytes32 self = bytes32(uint256(uint160(address(maker))));
        bytes32 topic = log.topics[0];
        if (topic == IVault.PenaltySettled.selector && log.topics[2] == self) {
            (int256 accountDelta,) = abi.decode(log.data, (int256, int256));
            story.penalties += accountDelta;
        }
        if (topic != IVault.PositionsChanged.selector || (log.topics[2] != self && log.topics[3] != self)) return;
        (int256 base, int256 quote, uint256 price, MarginChange memory taker, MarginChange memory made) =
            abi.decode(log.data, (int256, int256, uint256, MarginChange, MarginChange));
        assertEq(int256(price), story.price, "trades are at the last price of the source");
        if (log.topics[3] == self) (base, quote, taker) = (-base, -quote, made);
        story.size += base;
        story.tradingSpread += quote + base * story.price / 1e18;
        story.funding -= taker.funding;
        story.borrowing -= taker.borrowing;
    }

    function _tellOfTheMaker(Story memory story, Vm.Log memory log) private view {
        bytes32 topic = log.topics[0];
        if (topic == IERC20.Transfer.selector) {
            int256 shares = int256(abi.decode(log.data, (uint256)));
            if (log.topics[1] == 0) story.shares += shares;
            if (log.topics[2] == 0) story.shares -= shares;
        } else if (topic == ILpVault.Deposited.selector || topic == ILpVault.Withdrawn.selector) {
            (,, uint256 underlying) = abi.decode(log.data, (address, uint256, uint256));
            int256 amount = int256(underlying * scale);
            story.flows += topic == ILpVault.Deposited.selector ? amount : -amount;
        } else if (topic == ILpVault.LpFeeKept.selector) {
            (, uint256 fee,) = abi.decode(log.data, (bool, uint256, uint256));
            story.lpFees += int256(fee * scale);
        } else if (topic == ISpotHedgeVault.SpotHedged.selector) {
            (,, int256 base, uint256 spotQuote, uint256 takerQuote) =
                abi.decode(log.data, (address, uint256, int256, uint256, uint256));
            int256 gain = int256(spotQuote) - int256(takerQuote);
            story.hedges += base < 0 ? gain : -gain;
        } else if (topic == IQuoteVault.Rebalanced.selector) {
            (, uint256 feeXCD) = abi.decode(log.data, (int256, uint256));
            story.keepers -= int256(feeXCD * scale);
        } else if (topic == ISpotHedgeVault.QuoteWithdrawn.selector) {
            (,, uint256 quoteXCD) = abi.decode(log.data, (address, uint256, uint256));
            story.flowsInKind -= int256(quoteXCD * 1e12);
        } else {
            assertTrue(topic != ISpotHedgeVault.HedgeShortage.selector, "no shortage in these histories");
        }
    }
}

contract OracleMakerShareValueTest is ShareValueTest(MakerKind.Oracle) {
    function test_ShareValue_IsRebuiltFromEvents() public {
        Story memory story = rebuild();
        assertGt(story.tradingSpread, 0);
        assertGt(story.lpFees, 0);
        assertTrue(story.funding != 0 && story.borrowing != 0 && story.inventory != 0);
        assertLt(story.penalties, 0, "the maker itself was liquidated");
        int256 fees = story.funding + story.borrowing + story.penalties;
        checkTotal(story, story.flows + story.tradingSpread + story.inventory + fees);
    }

    function history() internal override {
        addMargin(alice, 800_000 * USD);
        addMargin(bob, 40_000 * USD);
        buy(alice, address(om), 100e18);
        pass(1 hours, 2010e18);
        sell(bob, address(om), 150e18);
        pass(3 hours, 1990e18);
        lpsComeAndGo(1985e18);
        pass(1 hours, 2005e18);
        close(alice, address(om));
        // Bob is liquidated against the maker.
        pass(1 hours, 2220e18);
        _liquidate(bob, address(om));
        // The maker fails as well; a liquidator takes over a part of its position.
        buy(alice, address(om), 450e18);
        pass(1 hours, 4270e18);
        fund(keeper, 1_000_000 * USD);
        addMargin(keeper, 1_000_000 * USD);
        _liquidate(address(om), address(0));
        sell(alice, address(om), 1e18);
    }

    function _liquidate(address account, address against) private {
        vm.prank(keeper);
        house.liquidate(LiquidationParams(market, account, keeper, against, type(uint256).max, 0, 0));
    }
}

contract SpotHedgeBaseMakerShareValueTest is ShareValueTest(MakerKind.SpotHedgeBase) {
    /// @dev H1: the exposure of a base vault in base is constant. Its value in base is what LPs own of it, and the quote that
    /// trading has earned or cost.
    function test_ShareValue_IsRebuiltFromEvents() public {
        Story memory story = rebuild();
        assertGt(story.hedges, 0);
        assertGt(story.lpFees, 0);
        assertLt(story.flowsInKind, 0);
        assertTrue(story.funding != 0 && story.borrowing != 0);
        int256 quote = story.hedges + story.funding + story.borrowing + story.penalties + story.flowsInKind;
        checkTotal(story, story.flows + quote * 1e18 / story.price);
    }

    function history() internal override {
        addMargin(alice, 400_000 * USD);
        addMargin(bob, 400_000 * USD);
        sell(alice, address(shb), 20e18);
        pass(1 hours, 2006e18);
        sell(bob, address(shb), 10e18);
        lpsComeAndGo(1999e18);
        pass(3 hours, 1995e18);
        buy(alice, address(shb), 5e18);
        pass(1 hours, 2003e18);
        close(bob, address(shb));
        close(alice, address(shb));
        // Flat, it pays in kind.
        vm.prank(lp);
        shb.withdraw(7e18);
        sell(alice, address(shb), 3e18);
        pass(2 hours, 1998e18);
        sell(bob, address(shb), 1e18);
    }
}

contract SpotHedgeQuoteMakerShareValueTest is ShareValueTest(MakerKind.SpotHedgeQuote) {
    /// @dev H1: the exposure of a quote vault in quote is constant: the effects of a price change on its base and on its
    /// position cancel.
    function test_ShareValue_IsRebuiltFromEvents() public {
        Story memory story = rebuild();
        assertGt(story.hedges, 0);
        assertGt(story.lpFees, 0);
        assertLt(story.keepers, 0);
        assertTrue(story.funding != 0 && story.borrowing != 0 && story.inventory != 0);
        checkTotal(story, story.flows + story.hedges + story.funding + story.borrowing + story.keepers);
    }

    function history() internal override {
        addMargin(alice, 400_000 * USD);
        addMargin(bob, 400_000 * USD);
        buy(alice, address(shq), 100e18);
        _move(1 hours, 2006e18);
        buy(bob, address(shq), 40e18);
        lpsComeAndGo(2011e18);
        // Twice the band: a keeper rebalances for its fee.
        _move(3 hours, 2250e18);
        vm.prank(keeper);
        shq.rebalance();
        sell(alice, address(shq), 30e18);
        _move(1 hours, 2240e18);
        close(bob, address(shq));
        _move(2 hours, 1900e18);
        vm.prank(keeper);
        shq.rebalance();
        sell(alice, address(shq), 1e18);
    }

    function _move(uint256 time, uint256 price) private {
        pass(time, price);
        spot.moveTo(price);
    }
}
