// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICircuitBreaker} from "../../interfaces/ICircuitBreaker.sol";
import {IClearingHouse} from "../../interfaces/IClearingHouse.sol";
import {ISpotHedgeVault} from "../../interfaces/ISpotHedgeVault.sol";
import {Price} from "../../types/Units.sol";
import {LpVault} from "../lp/LpVault.sol";

/// @title What both halves of a spot-hedge vault share: its internal ledger, its parameters, its words
/// @notice {SpotHedgeMaker} is the half that fills orders, {SpotHedgeLpModule} the one where LPs come and go. All of their
/// storage is here and above, so that they agree about it.
abstract contract SpotHedgeStorage is LpVault, ISpotHedgeVault {
    using SafeCast for int256;

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

    /// @inheritdoc ISpotHedgeVault
    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    /// @inheritdoc ISpotHedgeVault
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
        try _breaker.recordHedge(address(_vault.asset()), account, changeXCD, false) {} catch {}
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
