// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IClearingHouse, LiquidationParams, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {IQuoteVault} from "../../src/interfaces/IQuoteVault.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {ZeroAmount} from "../../src/types/Errors.sol";
import {ActionLog, RecordsActions} from "../utils/ActionLog.sol";
import {SpotHedgeQuoteMakerTest} from "../utils/SpotHedgeQuoteMakerTest.sol";

/// @dev All actions that affect a quote vault, in a market whose price and pool move. Each action lists its legal
/// refusals; any other revert fails the test.
contract QuoteVaultHandler is SpotHedgeQuoteMakerTest, ActionLog {
    uint256 public price = START_PRICE;

    function setUp() public override {
        super.setUp();
        bytes32[8] memory actions = [
            bytes32("trade"), "close", "rebalance", "deleverage", "liquidate", "hedgeGap", "closeHedgeGap", "lpWithdraw"
        ];
        for (uint256 i = 0; i < actions.length; ++i) {
            _declare(actions[i]);
        }
    }

    function baseDecimals() internal pure override returns (uint8) {
        return 8;
    }

    function trade(uint256 takerSeed, uint256 amount, bool isBaseToQuote, bool isExactInput) external {
        _publish();
        address taker = takerSeed % 2 == 0 ? alice : bob;
        uint256 quote = boundQuote(amount, 10e18, 300_000e18) >> (takerSeed >> 8) % 10;
        uint256 base = quote * WAD / price / 1e10 * 1e10 + 1e10;
        TradeParams memory params =
            order(taker, maker, isBaseToQuote, isExactInput, isBaseToQuote == isExactInput ? base : quote);
        int256 held = exposure();
        int256 value = vaultValue(price);
        vm.prank(taker);
        try house.trade(params) returns (int256 got, int256) {
            _count("trade");
            assertEq(exposure(), held, "H1");
            // The taker pays for the swap at any price; the rest is rounding.
            assertGe(
                vaultValue(price) + int256(uint256(got < 0 ? -got : got) * price / WAD / 1e8) + 1e13,
                value,
                "the maker lost"
            );
        } catch (bytes memory reason) {
            _expect("trade", reason, _tradeErrors());
        }
    }

    /// @dev T9: a taker that meets its own margin requirement can always close, up to the maker's short.
    function closePosition(uint256 takerSeed) external {
        _publish();
        spot.moveTo(price);
        address taker = takerSeed % 2 == 0 ? alice : bob;
        int256 size = sizeOf(taker);
        if (size <= 0 || -sizeOf(maker) < size) return;
        // The taker bears the impact of the swap and must be able to pay it.
        if (valueOf(taker) < size * int256(price) / int256(WAD) / 20) return;
        close(taker, maker);
        assertEq(sizeOf(taker), 0);
        _count("close");
    }

    function movePrice(uint256 change, bool poolFollows) external {
        price = price * boundFactor(change, 85, 117) / 100;
        if (price < 200e18) price = 300e18;
        if (price > 15_000e18) price = 12_000e18;
        price = price / 1e10 * 1e10;
        _publish();
        if (poolFollows) spot.moveTo(price);
    }

    function rebalance() external {
        _publish();
        int256 held = exposure();
        uint256 paid = usd.balanceOf(keeper);
        int256 value = vaultValue(price);
        bool hadGap = shq.hedgeGap() != 0;
        vm.prank(keeper);
        try shq.rebalance() returns (int256 moved) {
            _count("rebalance");
            paid = usd.balanceOf(keeper) - paid;
            assertLe(paid, 5 * USD, "T34: the cap");
            if (!hadGap) assertApproxEqAbs(vaultValue(price) + int256(paid) * 1e12, value, 2, "only the fee leaves");
            moved;
        } catch (bytes memory reason) {
            bytes4[] memory expected = new bytes4[](1);
            expected[0] = IQuoteVault.NothingToRebalance.selector;
            _expect("rebalance", reason, expected);
        }
        assertEq(exposure(), held, "H1");
        IQuoteVault.QuoteHedge memory hedge = shq.getHedge();
        if (hedge.quoteBalance != 0 && hedge.size != 0) {
            assertGe(hedge.margin + 1e12, int256(hedge.targetMargin * 9 / 10), "the whole balance was moved");
        }
    }

    /// @dev Half of the calls use a price at which the funds are just too small.
    function deleverageVault(bool poolFollows, uint256 factor) external {
        uint256 spent = _priceOfFunds() * 100 / boundFactor(factor, 108, 114);
        if (factor % 2 == 0 && spent > price && spent < 20_000e18) price = spent / 1e10 * 1e10;
        _publish();
        if (poolFollows) spot.moveTo(price);
        uint256 due = shq.deleverageAt();
        if (due != 0 && timestamp() <= due + 60) return;
        try shq.announceDeleverage() {}
        catch (bytes memory reason) {
            bytes4[] memory expected = new bytes4[](1);
            expected[0] = IQuoteVault.EnoughFunds.selector;
            _expect("deleverage", reason, expected);
            return;
        }
        skip(3);
        _publish();
        bytes[] memory update = executionUpdate(price, shq.deleverageAt());
        int256 held = exposure();
        vm.prank(keeper);
        try shq.deleverage(address(om), update) {
            _count("deleverage");
        } catch (bytes memory reason) {
            bytes4[] memory expected = new bytes4[](7);
            expected[0] = ISpotHedgeVault.HedgeTooFar.selector;
            expected[1] = IClearingHouse.SlippageExceeded.selector;
            expected[2] = IMaker.MakerCapacityExceeded.selector;
            expected[3] = IMaker.BelowMinMarginRatio.selector;
            expected[4] = MarginMath.InsufficientInitialMargin.selector;
            expected[5] = MarginMath.InsufficientMaintenanceMargin.selector;
            expected[6] = IVault.InsufficientMarketBalance.selector;
            _expect("deleverage", reason, expected);
        }
        assertEq(exposure(), held, "H1");
    }

    /// @dev The price at which the maker's funds would buy back its position.
    function _priceOfFunds() private view returns (uint256) {
        int256 size = -sizeOf(maker);
        if (size == 0) return 0;
        int256 funds = marginOf(maker) + positionOf(maker).openNotional.unwrap();
        return uint256(funds + int256(uint256(shq.assetBalance()) * shq.assetScale())) * WAD / uint256(size);
    }

    function liquidate(uint256 seed) public {
        _publish();
        address[3] memory accounts = [maker, alice, bob];
        LiquidationParams memory params;
        params.marketId = market;
        params.account = accounts[seed % 3];
        params.liquidator = keeper;
        params.amount = type(uint256).max;
        fund(keeper, 2_000_000 * USD);
        addMargin(keeper, 2_000_000 * USD);
        vm.prank(keeper);
        try house.liquidate(params) {
            _count("liquidate");
        } catch (bytes memory reason) {
            bytes4[] memory expected = new bytes4[](3);
            expected[0] = IClearingHouse.NotLiquidatable.selector;
            expected[1] = IForcedChanges.MarketNotActive.selector;
            expected[2] = IClearingHouse.DeleverageFirst.selector;
            _expect("liquidate", reason, expected);
        }
    }

    /// @dev Sets up a hedge gap, which random actions seldom reach: the price jumps until the maker is below
    /// maintenance but not bankrupt, and the pool does not follow. A liquidator takes the position over, and its base
    /// cannot be sold within the bound of gaps.
    function leaveGap(uint256 factor) external {
        // One call in four, so that positions also meet other actions.
        if (factor % 4 != 0) return;
        if (price > 8_000e18) price = 3_000e18;
        _publish();
        spot.moveTo(price);
        if (sizeOf(maker) == 0) {
            fund(alice, 10_000 * USD);
            addMargin(alice, 10_000 * USD);
            TradeParams memory params = order(alice, maker, false, false, 10_000e18 * WAD / price / 1e10 * 1e10 + 1e10);
            vm.prank(alice);
            try house.trade(params) {}
            catch (bytes memory reason) {
                _expect("hedgeGap", reason, _tradeErrors());
                return;
            }
        }
        try shq.rebalance() {} catch {}
        int256 worth = marginOf(maker) + positionOf(maker).openNotional.unwrap();
        uint256 jump = uint256(worth) * WAD / uint256(-sizeOf(maker)) * 100 / boundFactor(factor, 101, 105);
        // The position of the last call has been taken over already.
        if (jump < price * 102 / 100 || jump > 50_000e18) return;
        price = jump / 1e10 * 1e10;
        _publish();
        int256 gap = shq.hedgeGap();
        liquidate(0);
        if (shq.hedgeGap() != gap) _count("hedgeGap");
    }

    /// @dev Closes the gap in parts or whole after the pool has returned. Reverts only if the pool is not deep enough.
    function closeGap(uint256 part) external {
        _publish();
        spot.moveTo(price);
        uint256 gap = uint256(-int256(shq.hedgeGap()));
        if (gap == 0) return;
        if (block.timestamp < shq.hedgeGapClosableAt()) {
            skip(60);
            setPrice(price);
        }
        int256 held = exposure();
        uint256 least = shq.hedgeGapMinPart();
        part = part % 2 == 0 ? type(uint256).max : boundSize(part, gap < 2 * least ? gap : least, gap);
        try shq.closeHedgeGap(part) {
            _count("closeHedgeGap");
        } catch (bytes memory reason) {
            bytes4[] memory expected = new bytes4[](1);
            expected[0] = ISpotHedgeVault.HedgeTooFar.selector;
            _expect("closeHedgeGap", reason, expected);
        }
        assertEq(exposure(), held, "H1");
    }

    function lpDeposit(uint256 amount) external {
        _publish();
        uint256 sharePrice = shq.sharePrice();
        depositQuote(lp, boundAmountXCD(amount, 1000 * USD, 200_000 * USD));
        assertGe(shq.sharePrice() + sharePrice / 1e9 + 2, sharePrice, "share value fell");
    }

    /// @dev A withdrawal within maxRedeem passes and does not lower the value of the other shares.
    function lpWithdraw(uint256 shares) external {
        _publish();
        uint256 most = shq.maxRedeem(lp);
        if (most < 1e12) return;
        uint256 sharePrice = shq.sharePrice();
        uint256 assets = shq.totalAssets();
        shares = boundShares(shares, 1e12, most);
        vm.prank(lp);
        shq.withdraw(shares);
        _count("lpWithdraw");
        if (shq.totalSupply() > 1e15 && assets > 0) {
            assertGe(shq.sharePrice() + sharePrice / 1e6 + 2, sharePrice, "share value fell");
        }
    }

    function movePool(uint256 to) external {
        spot.moveTo(price * boundFactor(to, 900, 1100) / 1000);
    }

    function donate(uint256 amount) external {
        usd.mint(maker, boundAmountXCD(amount, 1, 1_000_000 * USD));
        weth.mint(maker, boundAmount(amount, 1, 100e8));
    }

    function checkH1() external view {
        assertEq(exposure(), 0, "H1: base held plus size plus hedge gap");
        assertLe(sizeOf(maker), 0, "never long");
        assertGe(usd.balanceOf(maker), shq.assetBalance(), "quote tokens");
        assertGe(weth.balanceOf(maker), shq.baseBalance(), "base tokens");
        (uint256 long, uint256 short) = shq.getUtilRatio();
        assertLe(long, WAD);
        assertEq(short, 0);
    }

    function _publish() private {
        skip(1);
        setPrice(price);
    }

    function _tradeErrors() private pure returns (bytes4[] memory expected) {
        expected = new bytes4[](11);
        expected[0] = IMaker.MakerCapacityExceeded.selector;
        expected[1] = IMaker.MakerQuoteCapacityExceeded.selector;
        expected[2] = ISpotHedgeVault.HedgeTooFar.selector;
        expected[3] = MarginMath.InsufficientInitialMargin.selector;
        expected[4] = MarginMath.InsufficientMaintenanceMargin.selector;
        expected[5] = IClearingHouse.PriceBandExceeded.selector;
        expected[6] = ZeroAmount.selector;
        expected[7] = IMaker.BelowMinMarginRatio.selector;
        expected[8] = IForcedChanges.MarketNotActive.selector;
        expected[9] = ISpotHedgeVault.FinerThanBaseToken.selector;
        expected[10] = IClearingHouse.PositionBelowMinimum.selector;
    }

    function _expect(bytes32 action, bytes memory reason, bytes4[] memory expected) private {
        _countRefusal(action);
        for (uint256 i = 0; i < expected.length; ++i) {
            if (bytes4(reason) == expected[i]) return;
        }
        emit log_bytes(reason);
        fail();
    }
}

/// @dev H1 of the quote vault under all actions of the handler.
contract QuoteVaultInvariants is RecordsActions {
    QuoteVaultHandler private handler;

    function setUp() public {
        handler = new QuoteVaultHandler();
        vm.deal(address(handler), 1 ether);
        handler.setUp();
        bytes4[] memory selectors = new bytes4[](12);
        selectors[0] = QuoteVaultHandler.trade.selector;
        selectors[1] = QuoteVaultHandler.closePosition.selector;
        selectors[2] = bytes4(keccak256("movePrice(uint256,bool)"));
        selectors[3] = QuoteVaultHandler.rebalance.selector;
        selectors[4] = QuoteVaultHandler.deleverageVault.selector;
        selectors[5] = QuoteVaultHandler.liquidate.selector;
        selectors[6] = QuoteVaultHandler.closeGap.selector;
        selectors[7] = QuoteVaultHandler.lpDeposit.selector;
        selectors[8] = QuoteVaultHandler.lpWithdraw.selector;
        selectors[9] = QuoteVaultHandler.movePool.selector;
        selectors[10] = QuoteVaultHandler.donate.selector;
        selectors[11] = QuoteVaultHandler.leaveGap.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector({addr: address(handler), selectors: selectors}));
    }

    function invariant_H1_H2_H3_OfTheQuoteVault() public view {
        handler.checkH1();
    }

    /// @dev Seen with -vv: how often each action went through, in the last run.
    function afterInvariant() public {
        handler.printCalls();
        _recordCalls(handler);
    }
}
