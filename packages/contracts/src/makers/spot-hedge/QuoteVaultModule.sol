// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse} from "../../interfaces/IClearingHouse.sol";
import {ISpotHedgeSettings} from "../../interfaces/ISpotHedgeVault.sol";
import {Cast} from "../../types/Cast.sol";
import {LpModule} from "../lp/LpModule.sol";
import {QuoteAccounting} from "./QuoteAccounting.sol";
import {QuoteMargin} from "./QuoteMargin.sol";
import {QuoteVaultQuotes} from "./QuoteVaultQuotes.sol";
import {SpotHedgeLpModule} from "./SpotHedgeLpModule.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title The LP and owner functions of a quote vault
/// @notice The asset is the collateral. Base held counts at the oracle price.
/// @dev Runs on the storage of the {SpotHedgeQuoteMaker} whose constructor receives it. The deployed module owns
/// itself, so its owner functions revert when they are called directly.
contract QuoteVaultModule is QuoteAccounting, SpotHedgeLpModule {
    using Cast for *;
    using SafeCast for uint256;

    /// @notice The margin module of the same quote vault.
    QuoteMargin public immutable quoteMargin;

    error QuotesMismatch(QuoteVaultQuotes quotes);

    /// @param lpQuotes_ of the same exchange, market and base token. It is deployed before the module, because the code of both
    /// exceeds the size limit of one deployment
    constructor(IClearingHouse clearingHouse_, uint256 marketId_, IERC20 baseToken_, QuoteVaultQuotes lpQuotes_)
        SpotHedgeStorage("", "", address(this), clearingHouse_, marketId_, clearingHouse_.vault().asset(), baseToken_)
        SpotHedgeLpModule(lpQuotes_)
    {
        bool isOurs = lpQuotes_.clearingHouse() == clearingHouse_ && lpQuotes_.marketId() == marketId_
            && lpQuotes_.baseToken() == baseToken_;
        if (!isOurs) revert QuotesMismatch(lpQuotes_);
        quoteMargin = new QuoteMargin(clearingHouse_, marketId_, baseToken_);
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @inheritdoc ISpotHedgeSettings
    /// @dev Fills must be able to leave the margin ratio, and the bound of hedges must exceed the bounds of gaps and of
    /// deleveragings by their multiples.
    function setParameters(Parameters calldata parameters_) external onlyOwner {
        uint256 minHedgeDeviation = Math.max(
            GAP_BOUND_DIVISOR * _hedgeGapRules.maxDeviation,
            DELEVERAGE_BOUND_DIVISOR * _quoteRules.maxDeleverageDeviation
        );
        _setParameters(parameters_, minHedgeDeviation, _targetMarginRatio);
        uint256 pathFee = parameters_.adapter.pathFee();
        uint256 legBound = _quoteRules.maxDeleverageDeviation;
        if (legBound <= pathFee) revert BoundBelowPathFee(legBound, pathFee);
    }

    // ------------------------------------------------------------------------------------------------------- LPs ----

    /// @inheritdoc LpModule
    /// @dev Releases margin first where the balance is too small, and pays the base of a flat quote vault last.
    function _payOut(Valuation memory v, Payout memory payout, address receiver) internal override {
        if (_isInDebt(v)) revert AccountInDebt(v.accountValue.unwrap());
        uint256 available = _payableXCD(v);
        if (payout.amountXCD > available) revert InsufficientAssetBalance(payout.amountXCD, available);
        uint256 held = assetBalance;
        if (payout.amountXCD > held) {
            _moveOut(payout.amountXCD - held);
            // Less, for collateral that charges a fee on the transfer from the margin (T61).
            payout.amountXCD = Math.min(payout.amountXCD, assetBalance);
        }
        int256 gap = hedgeGap;
        _deduct(v, payout);
        uint256 baseUnits = gap < hedgeGap ? (hedgeGap - gap).toUint() : 0;
        if (baseUnits != 0) _deductBase(baseUnits, payout.shares, receiver);
        _transferOut(payout, baseUnits, receiver);
    }

    /// @inheritdoc LpModule
    function _afterLiquidityChange() internal override {
        _vault.reportCapacity(marketId, 0, _capacity());
    }

    /// @inheritdoc SpotHedgeLpModule
    function _removeHeldBase(uint256 units) internal override {
        if (units != 0) baseBalance = (baseBalance - units).toUint128();
    }

    /// @dev The base of a flat quote vault is its gap.
    function _deductBase(uint256 units, uint256 shares, address receiver) private {
        baseBalance = (baseBalance - units).toUint128();
        if (_isMetered()) _breaker.recordOutflow(address(_baseToken), address(this), units);
        emit BaseWithdrawn(msg.sender, receiver, shares, units);
    }
}
