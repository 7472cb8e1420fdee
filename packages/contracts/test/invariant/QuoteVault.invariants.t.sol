// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IClearingHouse, LiquidationParams, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {LpVault} from "../../src/makers/LpVault.sol";
import {SpotHedgeQuoteVault} from "../../src/makers/spot-hedge/SpotHedgeQuoteVault.sol";
import {SpotHedgeVault} from "../../src/makers/spot-hedge/SpotHedgeVault.sol";
import {ActionLog, RecordsActions} from "../utils/ActionLog.sol";
import {QuoteVaultTest} from "../utils/QuoteVaultTest.sol";

/// @dev Everybody who can do something to a quote vault, in a market whose price and pool move. What an action may be
/// refused for is listed with it; anything else fails.
contract QuoteVaultHandler is QuoteVaultTest, ActionLog {
    uint256 public price = START_PRICE;

    constructor() {
        _declare("trade");
        _declare("closePosition");
        _declare("movePrice");
        _declare("squeeze");
        _declare("rebalance");
        _declare("deleverage.announce");
        _declare("deleverage");
        _declare("liquidate");
        _declare("closeGap");
        _declare("lp.deposit");
        _declare("lp.withdraw");
        _declare("movePool");
        _declare("donate");
    }

    function baseDecimals() internal pure override returns (uint8) {
        return 8;
    }

    function trade(uint256 takerSeed, uint256 amount, bool isBaseToQuote, bool isExactInput) external {
        _publish();
        address taker = takerSeed % 2 == 0 ? alice : bob;
        uint256 quote = bound(amount, 10e18, 300_000e18) >> (takerSeed >> 8) % 10;
        uint256 base = quote * WAD / price / 1e10 * 1e10 + 1e10;
        TradeParams memory params =
            order(taker, maker, isBaseToQuote, isExactInput, isBaseToQuote == isExactInput ? base : quote);
        int256 held = exposure();
        int256 value = vaultValue(price);
        vm.prank(taker);
        try house.trade(params) returns (int256 got, int256) {
            _count("trade");
            assertEq(exposure(), held, "H1");
            // The taker pays for the swap, whatever it is; the rest rounds.
            assertGe(
                vaultValue(price) + int256(uint256(got < 0 ? -got : got) * price / WAD / 1e8) + 1e13,
                value,
                "the vault lost"
            );
        } catch (bytes memory reason) {
            _expect("trade", reason, _tradeErrors());
        }
    }

    /// @dev T9: one that is not below its own margin always gets out, as far as the vault is short.
    function closePosition(uint256 takerSeed) external {
        _publish();
        spot.moveTo(price);
        address taker = takerSeed % 2 == 0 ? alice : bob;
        int256 size = sizeOf(taker);
        if (size <= 0 || -sizeOf(maker) < size) return;
        // The swap's own impact is the taker's: it must be able to pay it.
        if (valueOf(taker) < size * int256(price) / int256(WAD) / 20) return;
        close(taker, maker);
        assertEq(sizeOf(taker), 0);
        _count("closePosition");
    }

    function movePrice(uint256 change, bool poolFollows) external {
        price = price * bound(change, 85, 117) / 100;
        if (price < 200e18) price = 300e18;
        if (price > 15_000e18) price = 12_000e18;
        price = price / 1e10 * 1e10;
        _publish();
        if (poolFollows) spot.moveTo(price);
        _count("movePrice");
    }

    /// @dev A vault that is full, and a price that doubles: what chance alone brings together too seldom. The ladder's other
    /// actions find it so.
    function squeeze(uint256 takerSeed, uint256 factor, bool poolFollows) external {
        if (price > 6000e18) return;
        _publish();
        spot.moveTo(price);
        address taker = takerSeed % 2 == 0 ? alice : bob;
        fund(taker, quoteXCD(2_000_000e18));
        addMargin(taker, quoteXCD(2_000_000e18));
        (, uint256 capacity) = shq.getCapacity();
        uint256 short = uint256(-sizeOf(maker));
        for (uint256 part = 1; part <= 8 && short < capacity; part *= 2) {
            uint256 base = (capacity - short) / part / 1e10 * 1e10;
            if (base == 0) break;
            TradeParams memory params = order(taker, maker, false, false, base);
            vm.prank(taker);
            try house.trade(params) {
                break;
            } catch (bytes memory reason) {
                _expect("squeeze", reason, _tradeErrors());
            }
        }
        price = price * bound(factor, 170, 230) / 100 / 1e10 * 1e10;
        _publish();
        if (poolFollows) spot.moveTo(price);
        _count("squeeze");
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
            bytes4[] memory allowed = new bytes4[](1);
            allowed[0] = SpotHedgeQuoteVault.NothingToRebalance.selector;
            _expect("rebalance", reason, allowed);
        }
        assertEq(exposure(), held, "H1");
        SpotHedgeQuoteVault.QuoteHedge memory hedge = shq.getHedge();
        if (hedge.quoteBalance != 0 && hedge.size != 0) {
            assertGe(hedge.margin + 1e12, int256(hedge.targetMargin * 9 / 10), "what there was has been moved in");
        }
    }

    function deleverageVault(bool poolFollows) external {
        _publish();
        if (poolFollows) spot.moveTo(price);
        uint256 due = shq.deleverageAt();
        if (due != 0 && timestamp() <= due + 60) return;
        try shq.announceDeleverage() {
            _count("deleverage.announce");
        } catch (bytes memory reason) {
            bytes4[] memory allowed = new bytes4[](1);
            allowed[0] = SpotHedgeQuoteVault.EnoughFunds.selector;
            _expect("deleverage.announce", reason, allowed);
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
            bytes4[] memory allowed = new bytes4[](7);
            allowed[0] = SpotHedgeVault.HedgeTooFar.selector;
            allowed[1] = IClearingHouse.SlippageExceeded.selector;
            allowed[2] = IMaker.MakerCapacityExceeded.selector;
            allowed[3] = IMaker.BelowMinMarginRatio.selector;
            allowed[4] = MarginMath.InsufficientInitialMargin.selector;
            allowed[5] = MarginMath.InsufficientMaintenanceMargin.selector;
            allowed[6] = IVault.InsufficientMarketBalance.selector;
            _expect("deleverage", reason, allowed);
        }
        assertEq(exposure(), held, "H1");
    }

    function liquidate(uint256 seed) external {
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
            bytes4[] memory allowed = new bytes4[](3);
            allowed[0] = IClearingHouse.NotLiquidatable.selector;
            allowed[1] = IForcedChanges.MarketNotActive.selector;
            allowed[2] = IClearingHouse.DeleverageFirst.selector;
            _expect("liquidate", reason, allowed);
        }
    }

    function closeGap() external {
        _publish();
        spot.moveTo(price);
        if (shq.hedgeGap() == 0 || block.timestamp < shq.hedgeGapClosableAt()) return;
        shq.closeHedgeGap(type(uint256).max);
        _count("closeGap");
    }

    function lpDeposit(uint256 amount) external {
        _publish();
        uint256 sharePrice = shq.sharePrice();
        depositQuote(lp, bound(amount, 1000 * USD, 200_000 * USD));
        assertGe(shq.sharePrice() + sharePrice / 1e9 + 2, sharePrice, "share value fell");
        _count("lp.deposit");
    }

    /// @dev Truthful: what maxRedeem says passes, and leaves the others what they had.
    function lpWithdraw(uint256 shares) external {
        _publish();
        uint256 most = shq.maxRedeem(lp);
        if (most < 1e12) return;
        uint256 sharePrice = shq.sharePrice();
        uint256 assets = shq.totalAssets();
        shares = bound(shares, 1e12, most);
        vm.prank(lp);
        shq.withdraw(shares);
        if (shq.totalSupply() > 1e15 && assets > 0) {
            assertGe(shq.sharePrice() + sharePrice / 1e6 + 2, sharePrice, "share value fell");
        }
        _count("lp.withdraw");
    }

    function movePool(uint256 to) external {
        spot.moveTo(price * bound(to, 900, 1100) / 1000);
        _count("movePool");
    }

    function donate(uint256 amount) external {
        usd.mint(maker, bound(amount, 1, 1_000_000 * USD));
        weth.mint(maker, bound(amount, 1, 100e8));
        _count("donate");
    }

    function checkH1() external view {
        assertEq(exposure(), 0, "H1: base held, plus the size, plus what is still to be traded");
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

    function _tradeErrors() private pure returns (bytes4[] memory allowed) {
        allowed = new bytes4[](11);
        allowed[0] = IMaker.MakerCapacityExceeded.selector;
        allowed[1] = IMaker.MakerQuoteCapacityExceeded.selector;
        allowed[2] = SpotHedgeVault.HedgeTooFar.selector;
        allowed[3] = MarginMath.InsufficientInitialMargin.selector;
        allowed[4] = MarginMath.InsufficientMaintenanceMargin.selector;
        allowed[5] = IClearingHouse.PriceBandExceeded.selector;
        allowed[6] = IClearingHouse.ZeroAmount.selector;
        allowed[7] = IMaker.BelowMinMarginRatio.selector;
        allowed[8] = IForcedChanges.MarketNotActive.selector;
        allowed[9] = SpotHedgeVault.FinerThanBaseToken.selector;
        allowed[10] = IClearingHouse.PositionBelowMinimum.selector;
    }

    function _expect(bytes32 action, bytes memory reason, bytes4[] memory allowed) private {
        _countRefusal(action);
        for (uint256 i = 0; i < allowed.length; ++i) {
            if (bytes4(reason) == allowed[i]) return;
        }
        emit log_bytes(reason);
        fail();
    }
}

/// @dev H1 of the quote vault under everything that happens to it.
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
        selectors[11] = QuoteVaultHandler.squeeze.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector({addr: address(handler), selectors: selectors}));
    }

    function invariant_H1_H2_H3_OfTheQuoteVault() public view {
        handler.checkH1();
    }

    function afterInvariant() public {
        handler.printCalls();
        _recordCalls(handler);
    }
}
