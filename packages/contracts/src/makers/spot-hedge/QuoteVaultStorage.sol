// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IPriceOracle} from "../../interfaces/IPriceOracle.sol";
import {HedgeMarginMath} from "../../libraries/HedgeMarginMath.sol";
import {Price} from "../../types/Units.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title What both halves of a quote vault share: the base it holds, and how much margin its short wants
/// @notice {SpotHedgeQuoteMaker} is the half that fills orders, {QuoteVaultModule} the one where LPs come and go and
/// keepers look after the margin. Beyond {SpotHedgeStorage}, all of their storage is here.
abstract contract QuoteVaultStorage is SpotHedgeStorage {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @dev How much of its position's notional the vault keeps as margin and beside it, and who is paid to see to it.
    struct QuoteRules {
        /// @dev Margin that fills and rebalancing leave, ppm of notional.
        uint24 targetMarginRatio;
        /// @dev What a fill that makes the position larger, and a withdrawal, must leave in the balance, ppm of notional.
        uint24 reserveRatio;
        /// @dev How far the margin must be off its target before it is rebalanced, ppm of notional.
        uint24 rebalanceBand;
        /// @dev Account value and balance together below which a part of the position is closed, ppm of notional; closed is
        /// so much that they are above it by the band.
        uint24 deleverageRatio;
        /// @dev Greatest distance from the live price of either leg of a deleveraging and of the price that it was announced
        /// for, ppm; far below the bound of hedges.
        uint24 maxDeleverageDeviation;
        /// @dev The keeper's fee, ppm of the amount moved.
        uint24 keeperFeeRatio;
        /// @dev The keeper's fee is never more, in the collateral's own decimals.
        uint96 maxKeeperFeeXCD;
        /// @dev Seconds from one paid action of keepers to the next.
        uint32 keeperInterval;
        /// @dev Seconds from the announcement of a deleveraging to the price that it has.
        uint16 delay;
        /// @dev Seconds after the delay within which that price must have been published.
        uint16 priceWindow;
        /// @dev Seconds after the delay for which a deleveraging can be executed.
        uint16 validity;
    }

    /// @dev The vault at one moment, for keepers.
    struct QuoteHedge {
        /// @dev WAD quote per base: what everything here is counted at; zero when nothing had to be.
        uint256 price;
        /// @dev WAD base, zero or below.
        int256 size;
        /// @dev In the base token's own decimals.
        uint256 baseBalance;
        /// @dev In the collateral's own decimals.
        uint256 quoteBalance;
        /// @dev In the collateral's own decimals, up: what withdrawals and fills that make the position larger must leave.
        /// Withdrawals leave more where that keeps the vault from having to be deleveraged.
        uint256 reserveXCD;
        /// @dev The lesser of margin and account value, pending fees taken off; WAD quote.
        int256 margin;
        /// @dev WAD quote.
        uint256 targetMargin;
        /// @dev What {QuoteVaultStorage-rebalance} would move into the margin (> 0) or out of it (< 0) now, in the
        /// collateral's own decimals.
        int256 toMoveXCD;
        /// @dev What a deleveraging would close now, WAD base; zero while the balance and the margin are enough.
        uint256 toClose;
        /// @dev Seconds: when an announced deleveraging can be executed; zero without one.
        uint256 deleverageAt;
        /// @dev Seconds: before this, keepers are not paid.
        uint256 keeperPaidFrom;
    }

    event QuoteRulesSet(QuoteRules rules);
    /// @notice Collateral moved into the margin (> 0) or out of it (< 0) outside fills, own decimals; `feeXCD` to the keeper.
    event Rebalanced(address indexed keeper, int256 movedXCD, uint256 feeXCD);
    /// @notice Seconds.
    event DeleverageAnnounced(address indexed keeper, uint256 executableAt, uint256 expiresAt);
    /// @notice The vault sold `base` for `spotQuote` and bought the same perpetual size for `perpQuote` from `maker`. WAD;
    /// the fee in the collateral's own decimals.
    event Deleveraged(
        address indexed keeper,
        address indexed maker,
        uint256 price,
        uint256 base,
        uint256 spotQuote,
        uint256 perpQuote,
        uint256 feeXCD
    );
    /// @notice At the announced price account value and balance are enough again, or the market has left that price: the
    /// announcement is gone. WAD.
    event DeleverageCancelled(address indexed keeper, uint256 price);
    /// @notice Base that left in kind with a withdrawal from a flat vault, in the base token's decimals.
    event BaseWithdrawn(address withdrawer, address receiver, uint256 shares, uint256 base);

    /// @notice The margin is inside the band around its target, or there is nothing to move. WAD quote.
    error NothingToRebalance(int256 margin, uint256 targetMargin);
    /// @notice Balance and account value together are enough. WAD quote.
    error EnoughFunds(int256 funds, uint256 required);
    /// @notice Seconds; zero without an announcement.
    error DeleverageNotDue(uint256 timestamp, uint256 executableAt);
    error DeleverageExpired(uint256 timestamp, uint256 expiresAt);
    /// @notice The price that was announced is too far from the live one. WAD quote per base; the bound in ppm.
    error DeleveragePriceLeft(uint256 price, uint256 livePrice, uint256 maxDeviation);
    /// @notice One has been announced and is still alive; seconds.
    error DeleverageAlive(uint256 timestamp, uint256 expiresAt);
    /// @notice A flat vault still has base to sell: first close the gap, or leave with base in kind. Own decimals.
    error HedgeGapOpen(int256 gap);
    error InvalidTimes(uint256 delay, uint256 priceWindow, uint256 validity);

    // ---- one word, which fills read and write ----
    /// @notice Base held, in the base token's own decimals. An internal ledger: tokens sent here change nothing.
    uint128 public baseBalance;
    // Here and below: {SpotHedgeQuoteMaker} writes what its LP module reads, and slither sees each by itself.
    // slither-disable-next-line uninitialized-state
    uint24 internal _targetMarginRatio;
    // slither-disable-next-line uninitialized-state
    uint24 internal _reserveRatio;
    // ---- for keepers ----
    // slither-disable-next-line uninitialized-state
    QuoteRules internal _quoteRules;
    /// @notice Seconds: when the announced deleveraging can be executed; zero without one.
    uint64 public deleverageAt;
    /// @dev Seconds: when a keeper was last paid.
    uint64 internal _keeperPaidAt;

    // ------------------------------------------------------------------------------------------------- functions ----

    /// @notice Moves quote between balance and margin so that the margin is at its target again, once it is off by the band.
    /// Anybody; a hedge gap is closed first, if the spot market lets it. What the balance does not have is not moved. Reverts
    /// `NotMaker` for a vault that was removed from its market: its withdrawals release the margin that they pay out.
    /// @return movedXCD into the margin (> 0) or out of it (< 0), in the collateral's own decimals
    function rebalance() external virtual returns (int256 movedXCD);

    /// @notice Announces a deleveraging: anybody, once account value and balance together are below {QuoteRules-deleverageRatio}.
    function announceDeleverage() external virtual;

    /// @notice Executes the announced deleveraging at the first price at or after its time: sells spot base and buys back the
    /// same perpetual size from `maker`, all or nothing, so that account value, balance and proceeds are enough for
    /// what is left. Anybody.
    /// @dev That price must still be near the live one, which is no older than {HedgeGapRules-maxPriceAge}, and so must both
    /// legs: who waits for the market to move away from it waits for nothing (T34). Where account value and balance are
    /// enough at it, or {QuoteRules-priceWindow} is over and the live price has left it, the announcement is dropped, so
    /// that there can be another. Reverts `DeleverageNotDue`, `DeleverageExpired`, `DeleveragePriceLeft`,
    /// `HedgePriceTooOld`, `HedgeTooFar`, and what the oracle and the ClearingHouse revert with.
    /// @param updateData the first price update at or after {deleverageAt}; the oracle pays its fee out of its own balance
    /// @return base WAD, what was closed; zero when nothing had to be
    function deleverage(address maker, bytes[] calldata updateData) external virtual returns (uint256 base);

    /// @notice What the vault hedges with.
    function baseToken() external view returns (IERC20) {
        return _baseToken;
    }

    function quoteRules() external view returns (QuoteRules memory) {
        return _quoteRules;
    }

    /// @notice What stands where, and what keepers could do now. Reverts where a price is needed and there is none.
    function getHedge() external view virtual returns (QuoteHedge memory);

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev At the last stored price, whatever its age: capacity only shares out borrowing fees, and LPs must get out of a
    /// vault whose feed is dead.
    function _capacity() internal view returns (uint256) {
        uint256 liability = assetLiability * assetScale;
        if (liability == 0) return 0;
        (Price price,) = oracle.getLastPrice(marketId);
        return HedgeMarginMath.capacityDown(liability, price, _targetMarginRatio, _reserveRatio);
    }

    /// @dev Balance into margin, straight to the Vault. The caller holds the lock or the fill window.
    function _moveIn(uint256 amountXCD) internal {
        vault.beginReceive(marketId);
        assetBalance = (uint256(assetBalance) - amountXCD).toUint128();
        asset.safeTransfer(address(vault), amountXCD);
        // What arrives is for the Vault to measure and to credit; what leaves has been counted out.
        // slither-disable-next-line unused-return
        vault.endReceive();
    }
}
