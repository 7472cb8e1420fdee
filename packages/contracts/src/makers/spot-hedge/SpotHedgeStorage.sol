// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICircuitBreaker} from "../../interfaces/ICircuitBreaker.sol";
import {IClearingHouse} from "../../interfaces/IClearingHouse.sol";
import {ISpotAdapter} from "../../interfaces/ISpotAdapter.sol";
import {Price} from "../../types/Units.sol";
import {LpVault} from "../lp/LpVault.sol";

/// @title What both halves of a spot-hedge vault share: its internal ledger, its parameters, its words
/// @notice {SpotHedgeMaker} is the half that fills orders, {SpotHedgeLpModule} the one where LPs come and go. All of their
/// storage is here and above, so that they agree about it.
abstract contract SpotHedgeStorage is LpVault {
    using SafeCast for int256;

    /// @dev One storage word.
    struct Parameters {
        ISpotAdapter adapter;
        /// @dev Greatest distance of the hedge's price from the oracle price when the taker increases, ppm (H2).
        uint24 maxHedgeDeviation;
        /// @dev Margin ratio that fills that increase the vault's position, and withdrawals, must leave; ppm.
        uint24 minMarginRatio;
        /// @dev What the vault keeps of the swap's price, ppm.
        uint24 spread;
        /// @dev Greatest funding that the vault pays while its position may still grow, ppm of its notional per day (T32);
        /// zero: no limit.
        uint24 maxCarry;
    }

    /// @dev How a hedge gap is closed (T34).
    struct HedgeGapRules {
        /// @dev Greatest distance of the swap's price from the oracle price, ppm; at most half of the hedges' own.
        uint24 maxDeviation;
        /// @dev Seconds between two closings.
        uint24 interval;
        /// @dev Seconds; greatest age of the oracle price that hedges outside fills are bound to, deleveragings included.
        uint24 maxPriceAge;
    }

    /// @notice One fill's hedge. Base WAD, the vault's own: sold < 0, bought > 0. `spotQuote` is what the swap paid or
    /// cost and `takerQuote` what the taker got or paid, both WAD magnitudes; the difference stays in the margin.
    event SpotHedged(address adapter, uint256 oraclePrice, int256 base, uint256 spotQuote, uint256 takerQuote);
    /// @notice A flat vault's quote that went out with a withdrawal, in the collateral's decimals.
    event QuoteWithdrawn(address withdrawer, uint256 shares, uint256 quoteXCD);
    event ParametersSet(Parameters parameters);
    event HedgeGapRulesSet(HedgeGapRules rules);
    /// @notice Base that fees or the price of a forced change have eaten: a hedge bought that much less back. WAD, at the
    /// oracle price.
    event HedgeShortage(uint256 base);
    /// @notice Base that the closing of a gap did not buy, because its quote had to suffice up to the bound of its swap.
    /// The swap's price took `base` at the oracle price less `quote`, which is left over in the margin. WAD.
    event HedgeUnderfunded(uint256 base, uint256 quote);
    /// @notice The vault's position was changed for it and it could not follow: `gap` is what it has yet to buy (> 0) or
    /// sell (< 0), in the base token's decimals.
    event HedgeGapChanged(int256 gap);
    /// @notice A gap that is not worth one unit of the collateral was forgotten rather than traded. In the base token's decimals.
    event HedgeGapWrittenOff(int256 gap);

    error AdapterMismatch(address baseToken, address quoteToken);
    error NotAdapter(address caller, address adapter);
    /// @notice WAD quote per base; the bound in ppm.
    error HedgeTooFar(uint256 hedgePrice, uint256 oraclePrice, uint256 maxHedgeDeviation);
    /// @notice An increasing order that the base token cannot represent. WAD base.
    error FinerThanBaseToken(uint256 amount, uint256 unit);
    /// @notice The swap took or gave another amount than it was asked for or reported. In the token's own decimals.
    error HedgeMismatch(uint256 moved, uint256 expected);
    /// @notice The vault's position may not grow while it pays so much funding. WAD of its notional per second.
    error CarryTooHigh(int256 rate, uint256 maxRate);
    error NoHedgeGap();
    /// @notice Seconds.
    error IntervalTooLong(uint256 interval, uint256 maxInterval);
    /// @notice Seconds.
    error HedgeGapClosedRecently(uint256 timestamp, uint256 closableAt);
    /// @notice The oracle's stored price is older than hedges outside fills allow: store a newer one first. Seconds.
    error HedgePriceTooOld(uint256 age, uint256 maxAge);
    /// @notice Seconds.
    error PriceAgeTooLong(uint256 age, uint256 maxAge);
    /// @notice In the base token's decimals.
    error HedgeGapPartTooSmall(uint256 amount, uint256 minAmount);
    /// @notice In the base token's decimals.
    error InsufficientAssetBalance(uint256 requested, uint256 available);

    /// @notice What is held outside the Vault, in the asset's own decimals. An internal ledger: tokens sent here change
    /// nothing.
    uint128 public assetBalance;
    /// @notice What LPs have put in, net of what they took out, in the asset's own decimals.
    // Here and below: one half of the vault writes what the other reads ({LpModuleProxy}), and slither sees each by itself.
    // slither-disable-next-line uninitialized-state
    uint128 public assetLiability;
    // slither-disable-next-line uninitialized-state
    Parameters internal _parameters;
    /// @notice Base that the vault has yet to buy (> 0) or sell (< 0) since its position was changed for it, in the base
    /// token's decimals.
    int128 public hedgeGap;
    // slither-disable-next-line uninitialized-state
    HedgeGapRules internal _hedgeGapRules;
    /// @notice Seconds; no part of the gap is closed before.
    uint40 public hedgeGapClosableAt;
    /// @notice What of the gap is closed at least at once, and left at least if not nothing, in the base token's decimals: a
    /// sixteenth of what it was after the last forced change.
    // slither-disable-next-line uninitialized-state
    uint128 public hedgeGapMinPart;
    /// @dev The base token, and WAD per unit of it.
    IERC20 internal immutable _baseToken;
    uint256 internal immutable _baseScale;
    uint256 internal immutable _quoteScale;
    ICircuitBreaker internal immutable _breaker;

    constructor(
        string memory name_,
        string memory symbol_,
        address owner_,
        IClearingHouse clearingHouse_,
        uint256 marketId_,
        IERC20 asset_,
        IERC20 baseToken_
    ) LpVault(name_, symbol_, owner_, clearingHouse_, marketId_, asset_) {
        _baseToken = baseToken_;
        _baseScale = 10 ** (18 - IERC20Metadata(address(baseToken_)).decimals());
        _quoteScale = clearingHouse_.vault().assetScale();
        _breaker = clearingHouse_.vault().breaker();
    }

    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    function hedgeGapRules() external view returns (HedgeGapRules memory) {
        return _hedgeGapRules;
    }

    function _setHedgeGap(int256 gap) internal {
        hedgeGap = gap.toInt128();
        emit HedgeGapChanged(gap);
    }

    /// @dev What hedges outside fills are bound to: the first source's stored price, because a second source may be as far from
    /// the market as the bound is wide. While the first is silent they wait.
    function _livePrice() internal view returns (Price price) {
        uint256 publishTime;
        (price, publishTime) = oracle.getLastPrice(marketId);
        uint256 age = Math.saturatingSub(block.timestamp, publishTime);
        uint256 maxAge = _hedgeGapRules.maxPriceAge;
        if (age > maxAge) revert HedgePriceTooOld(age, maxAge);
    }

    /// @dev Tells the breaker what hedging has won or lost of the collateral, own decimals: hedges change one asset for
    /// another, and only what that costs has left: `account`, who bears it, has that much less to take out (D116). It counts
    /// and does not block (D96), whatever the breaker answers.
    function _meterHedge(address account, int256 changeXCD) internal {
        if (!_isMetered()) return;
        try _breaker.recordHedge(address(vault.asset()), account, changeXCD, false) {} catch {}
    }

    /// @dev Both tokens' windows begin before a swap moves what they measure; the base's hears of no hedge otherwise.
    function _openWindows() internal {
        if (!_isMetered()) return;
        try _breaker.recordHedge(address(_baseToken), address(this), 0, false) {} catch {}
        _meterHedge(address(this), 0);
    }

    function _isMetered() internal view returns (bool) {
        return address(_breaker) != address(0);
    }
}
