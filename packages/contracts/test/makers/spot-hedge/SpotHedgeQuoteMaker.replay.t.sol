// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {console} from "forge-std/Test.sol";
import {Vm} from "forge-std/Vm.sol";
import {IQuoteVault} from "../../../src/interfaces/IQuoteVault.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

/// @dev A quote vault that is used to the full from the first minute, through a path of prices, one a minute. The pool
/// follows the price. With keepers, a keeper rebalances and deleverages every minute; without, no account ever does.
abstract contract SpotHedgeQuoteMakerPath is SpotHedgeQuoteMakerTest {
    struct Outcome {
        /// @dev Lowest account value before keepers acted, ppm of notional.
        int256 minMarginRatio;
        uint256 rebalances;
        uint256 deleverages;
        /// @dev WAD base that deleveraging closed.
        uint256 closed;
        /// @dev WAD quote
        int256 profit;
        uint256 keeperFees;
        /// @dev WAD quote: the cost of deleveraging against the oracle price, of both legs.
        uint256 deleverageCost;
        /// @dev Highest price, ppm of the first.
        uint256 peak;
        /// @dev Minutes until the maker was liquidatable, and the price then, ppm of the first; zero if never.
        uint256 failedAfter;
        uint256 failedAt;
    }

    uint256 private constant MAINTENANCE = 62_500;

    function setUp() public override {
        super.setUp();
        // The taker is never liquidated, and the OracleMaker can take every deleveraging.
        fund(alice, quoteXCD(20_000_000e18));
        addMargin(alice, quoteXCD(20_000_000e18));
        depositLp(lp, quoteXCD(20_000_000e18), 0);
    }

    /// @dev `prices` in any unit: the first becomes 2,000.
    function run(uint256[] memory prices, bool hasKeepers) internal returns (Outcome memory o) {
        buy(alice, maker, 245e18);
        spot.moveTo(START_PRICE);
        int256 start = vaultValue(START_PRICE);
        o.minMarginRatio = type(int256).max;
        uint256 price;
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        for (uint256 i = 0; i < prices.length; ++i) {
            // Frees the memory of the last minute: thousands of minutes would exceed the memory limit.
            assembly ("memory-safe") {
                mstore(0x40, free)
            }
            price = prices[i] * START_PRICE / prices[0] / 1e10 * 1e10;
            skip(60);
            setPrice(price);
            spot.moveTo(price);
            _observe(o, i, price);
            if (hasKeepers) _keep(o, price);
            assertEq(exposure(), 0, "H1");
        }
        o.profit = vaultValue(price) - start;
        o.keeperFees = usd.balanceOf(keeper) * 1e12;
    }

    function _observe(Outcome memory o, uint256 minute, uint256 price) private view {
        uint256 peak = price * PPM / START_PRICE;
        if (peak > o.peak) o.peak = peak;
        int256 size = -sizeOf(maker);
        if (size == 0) return;
        int256 ratio = valueOf(maker) * int256(PPM) / (size * int256(price) / int256(WAD));
        if (ratio < o.minMarginRatio) o.minMarginRatio = ratio;
        if (ratio < int256(MAINTENANCE) && o.failedAt == 0) (o.failedAfter, o.failedAt) = (minute, peak);
    }

    function _keep(Outcome memory o, uint256 price) private {
        IQuoteVault.QuoteHedge memory hedge = shq.getHedge();
        if (hedge.toMoveXCD != 0) {
            vm.prank(keeper);
            shq.rebalance();
            ++o.rebalances;
        }
        if (hedge.toClose == 0) return;
        vm.recordLogs();
        o.closed += deleverage(price);
        ++o.deleverages;
        // Arbitrage moves the pool back after the sale.
        spot.moveTo(price);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IQuoteVault.Deleveraged.selector) continue;
            (, uint256 base, uint256 spotQuote, uint256 perpQuote,) =
                abi.decode(logs[i].data, (uint256, uint256, uint256, uint256, uint256));
            base;
            o.deleverageCost += perpQuote - spotQuote;
        }
    }

    /// @dev The maker was never liquidatable, and the LPs lost the keeper fees and the cost of deleveraging.
    function check(Outcome memory o) internal pure {
        assertEq(o.failedAt, 0, "the quote vault could have been liquidated");
        assertApproxEqAbs(o.profit, -int256(o.keeperFees + o.deleverageCost), 1e14);
    }

    function print(string memory name, Outcome memory o) internal pure {
        console.log("%s: peak %d ppm of the first price", name, o.peak);
        console.log("  lowest margin ratio %s ppm", vm.toString(o.minMarginRatio));
        console.log(
            "  %d rebalances, %d deleveragings, base closed (1e-3):", o.rebalances, o.deleverages, o.closed / 1e15
        );
        console.log(
            "  keeper fees (1e-2): %d, cost of deleveraging (1e-2): %d", o.keeperFees / 1e16, o.deleverageCost / 1e16
        );
        console.log("  profit of the LPs (1e-2): %s", vm.toString(o.profit / 1e16));
        if (o.failedAt != 0) console.log("  liquidatable after %d minutes at %d ppm", o.failedAfter, o.failedAt);
    }
}

contract SpotHedgeQuoteMakerSyntheticReplayTest is SpotHedgeQuoteMakerPath {
    /// @dev A rally to 2.6 times the price in four hours, in steps of up to 3.4%, and a crash to a third of that.
    function _rallyAndCrash() private pure returns (uint256[] memory prices) {
        prices = new uint256[](480);
        uint256 price = 1e18;
        for (uint256 i = 0; i < 480; ++i) {
            uint256 noise = uint256(keccak256(abi.encode(i))) % 60;
            // +0.4% a minute on average, then -0.5%.
            price = i < 240
                ? price * (9_974 + 2 * noise + (i % 40 == 39 ? 280 : 0)) / 10_000
                : price * (9_925 + noise - 5) / 10_000;
            prices[i] = price;
        }
    }

    function test_Synthetic_WithKeepers_NeverLiquidatable() public {
        Outcome memory o = run(_rallyAndCrash(), true);
        print("synthetic, keepers every minute", o);
        check(o);
        assertGt(o.rebalances, 10);
        assertGt(o.deleverages, 0);
        assertGt(o.minMarginRatio, 100_000);
        // The remaining taker closes, and the LPs withdraw.
        if (sizeOf(maker) != 0) sell(alice, maker, uint256(-sizeOf(maker)));
        assertEq(shq.baseBalance(), 0);
        uint256 shares = shq.balanceOf(lp);
        vm.prank(lp);
        assertGt(shq.withdraw(shares), 990_000 * USD);
    }

    /// @dev Without keepers the margin suffices for a price of (1 + target) / (1 + maintenance) of the first.
    function test_Synthetic_WithoutKeepers_HowFarThePriceCanRun() public {
        Outcome memory o = run(_rallyAndCrash(), false);
        print("synthetic, no keepers", o);
        assertApproxEqRel(o.failedAt, 1_411_765, 0.03e18, "1.5 / 1.0625");
        assertEq(o.keeperFees, 0);
        // The LPs lose nothing unless the position is taken over.
        assertApproxEqAbs(o.profit, 0, 1e14);
    }
}

/// @dev Real prices, if there are any: `tools/replay.mjs` passes the closes of a file on.
contract SpotHedgeQuoteMakerReplayTest is SpotHedgeQuoteMakerPath {
    function test_Replay_WithKeepers_NeverLiquidatable() public {
        Outcome memory o = run(_prices(), true);
        print("keepers every minute", o);
        check(o);
    }

    function test_Replay_WithoutKeepers() public {
        Outcome memory o = run(_prices(), false);
        print("no keepers", o);
        if (o.peak < 1_380_000) assertEq(o.failedAt, 0);
    }

    function _prices() private returns (uint256[] memory prices) {
        prices = vm.envOr("QUOTE_VAULT_REPLAY", ",", new uint256[](0));
        if (prices.length == 0) vm.skip(true, "no market data");
    }
}
