// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICircuitBreaker} from "../../interfaces/ICircuitBreaker.sol";
import {IClearingHouse} from "../../interfaces/IClearingHouse.sol";
import {ISpotHedgeVault} from "../../interfaces/ISpotHedgeVault.sol";
import {PPM, Price} from "../../types/Units.sol";
import {LpVault} from "../lp/LpVault.sol";

/// @title The storage of a hedged vault: its balances, its hedge gap and its settings
/// @notice {SpotHedgeMaker} fills orders on it, {SpotHedgeLpModule} serves LPs and the owner on it. Both inherit this
/// contract and add no storage, so that their layouts agree.
abstract contract SpotHedgeStorage is LpVault, ISpotHedgeVault {
    using SafeCast for int256;

    uint256 private constant MAX_GAP_INTERVAL = 1 days;
    uint256 private constant MAX_PRICE_AGE = 1 minutes;
    /// @dev The bound of hedges is at least this multiple of the bound of gaps.
    uint256 internal constant GAP_BOUND_DIVISOR = 2;

    /// @dev The base token, and WAD per unit of it.
    IERC20 internal immutable _baseToken;
    uint256 internal immutable _baseScale;
    /// @dev WAD per unit of the collateral.
    uint256 internal immutable _quoteScale;
    /// @dev The exchange's breaker, or zero.
    ICircuitBreaker internal immutable _breaker;

    /// @notice The asset that the maker itself holds, outside the Vault, in the asset's own decimals. An internal
    /// ledger: tokens sent to the maker do not change it.
    uint128 public assetBalance;
    /// @notice Deposits of LPs less their withdrawals, in the asset's own decimals.
    uint128 public assetLiability;
    Parameters internal _parameters;
    /// @notice Base that the maker has yet to buy (> 0) or sell (< 0) after forced changes, in the base token's
    /// decimals.
    int128 public hedgeGap;
    HedgeGapRules internal _hedgeGapRules;
    /// @notice Seconds; no part of the gap can be closed before.
    uint40 public hedgeGapClosableAt;
    /// @notice Smallest part of the gap that can be closed at once, and smallest remainder above zero, in the base token's
    /// decimals: a sixteenth of the gap after the last forced change.
    uint128 public hedgeGapMinPart;

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

    /// @inheritdoc ISpotHedgeVault
    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    /// @inheritdoc ISpotHedgeVault
    function hedgeGapRules() external view returns (HedgeGapRules memory) {
        return _hedgeGapRules;
    }

    // ------------------------------------------------------------------------------------------------- settings ----

    /// @dev For the maker's constructor and the module's owner functions.
    /// @param minHedgeDeviation ppm, the smallest bound of hedges that the bounds of hedges outside fills permit
    /// @param maxMinMarginRatio ppm, the largest value of `minMarginRatio`: the margin ratio that fills leave
    function _setParameters(Parameters memory parameters_, uint256 minHedgeDeviation, uint256 maxMinMarginRatio)
        internal
    {
        address baseToken = parameters_.adapter.baseToken();
        address quoteToken = parameters_.adapter.quoteToken();
        if (baseToken != address(_baseToken) || quoteToken != address(_vault.asset())) {
            revert AdapterMismatch(baseToken, quoteToken);
        }
        // The bound of gaps is at most half of the bound of hedges, and it exceeds the fee of the path: otherwise fills would
        // be hedged, and no gap could be closed (T57).
        uint256 pathFee = parameters_.adapter.pathFee();
        uint256 gapBound = _hedgeGapRules.maxDeviation;
        if (gapBound != 0 && gapBound <= pathFee) revert BoundBelowPathFee(gapBound, pathFee);
        minHedgeDeviation = Math.max(minHedgeDeviation, GAP_BOUND_DIVISOR * (pathFee + 1));
        uint256 priceBand = clearingHouse.rulesOf(marketId).priceBand;
        // Tighter than the band even after the maker's own spread (H2).
        _checkRatio(parameters_.maxHedgeDeviation, minHedgeDeviation, priceBand - 1);
        // (1 + deviation) (1 + spread) stays within 1 + band.
        _checkRatio(parameters_.spread, 0, PPM * (PPM + priceBand) / (PPM + parameters_.maxHedgeDeviation) - PPM);
        (,, uint256 initialMarginRatio,) = _vault.marginRatiosOf(marketId);
        _checkRatio(parameters_.minMarginRatio, initialMarginRatio, maxMinMarginRatio);
        // At most the fastest rate that a market can have.
        _checkRatio(parameters_.maxCarry, 0, PPM);
        _parameters = parameters_;
        emit ParametersSet(parameters_);
    }

    function _setHedgeGapRules(HedgeGapRules memory rules) internal {
        _checkRatio(
            rules.maxDeviation, _parameters.adapter.pathFee() + 1, _parameters.maxHedgeDeviation / GAP_BOUND_DIVISOR
        );
        if (rules.interval > MAX_GAP_INTERVAL) revert IntervalTooLong(rules.interval, MAX_GAP_INTERVAL);
        if (rules.maxPriceAge > MAX_PRICE_AGE) revert PriceAgeTooLong(rules.maxPriceAge, MAX_PRICE_AGE);
        _hedgeGapRules = rules;
        emit HedgeGapRulesSet(rules);
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _setHedgeGap(int256 gap) internal {
        hedgeGap = gap.toInt128();
        emit HedgeGapChanged(gap);
    }

    /// @dev The price that bounds hedges outside fills: the stored price of the first source. A price of the second
    /// source may be as far from the market as the bound is wide, so these hedges wait while the first source is
    /// silent.
    function _livePrice() internal view returns (Price price) {
        uint256 publishTime;
        (price, publishTime) = oracle.getLastPrice(marketId);
        uint256 age = Math.saturatingSub(block.timestamp, publishTime);
        uint256 maxAge = _hedgeGapRules.maxPriceAge;
        if (age > maxAge) revert HedgePriceTooOld(age, maxAge);
    }

    function _isMetered() internal view returns (bool) {
        return address(_breaker) != address(0);
    }

    /// @dev Reports to the breaker the collateral that hedging won or lost, own decimals. A hedge exchanges one asset
    /// for another, and only its cost leaves the maker: `account` bears it and can withdraw that much less (D116). The
    /// breaker counts the cost and does not block it (D96), so a failed report is ignored.
    function _meterHedge(address account, int256 changeXCD) internal {
        if (!_isMetered()) return;
        try _breaker.recordHedge(address(_vault.asset()), account, changeXCD, false) {} catch {}
    }

    /// @dev Reports a deposit to the breaker.
    function _meterInflow(uint256 amountXCD) internal {
        if (_isMetered()) _breaker.recordInflow(address(asset), address(this), amountXCD);
    }
}
