// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IQuoteVault} from "../../interfaces/IQuoteVault.sol";
import {HedgeMarginMath} from "../../libraries/HedgeMarginMath.sol";
import {MarginMath} from "../../libraries/MarginMath.sol";
import {PPM, Price} from "../../types/Units.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title The storage of a quote vault: the base that it holds, and the rules of its margin
/// @notice {SpotHedgeQuoteMaker} fills orders on it, {QuoteVaultModule} serves LPs, {QuoteMargin} serves keepers. All three
/// inherit this contract and add no storage, so that their layouts agree.
abstract contract QuoteVaultStorage is SpotHedgeStorage, IQuoteVault {
    using SafeCast for uint256;

    /// @dev Maximum keeper fee, ppm.
    uint256 private constant MAX_KEEPER_FEE = 1_000;
    /// @dev The bound of hedges is at least this multiple of the bound of each leg of a deleveraging.
    uint256 internal constant DELEVERAGE_BOUND_DIVISOR = 4;

    // ---- one word, which fills read and write ----
    /// @notice Base held, in the base token's own decimals. An internal ledger: tokens sent to the quote vault do not
    /// change it.
    uint128 public baseBalance;
    /// @dev Copies of the rules that fills read.
    uint24 internal _targetMarginRatio;
    uint24 internal _reserveRatio;
    // ---- for keepers ----
    QuoteRules internal _quoteRules;
    /// @notice Seconds; first moment at which the announced deleveraging can be executed. Zero without one.
    uint64 public deleverageAt;
    /// @dev Seconds; last moment at which a keeper received a fee.
    uint64 internal _keeperPaidAt;

    /// @inheritdoc IQuoteVault
    function baseToken() external view returns (IERC20) {
        return _baseToken;
    }

    /// @inheritdoc IQuoteVault
    function quoteRules() external view returns (QuoteRules memory) {
        return _quoteRules;
    }

    // ------------------------------------------------------------------------------------------------- settings ----

    /// @dev For the maker's constructor and the module's owner function. The relations to {Parameters} are checked here and
    /// again when those change ({QuoteVaultModule-setParameters}).
    function _setQuoteRules(QuoteRules memory rules) internal {
        (,, uint256 initial,) = _vault.marginRatiosOf(marketId);
        _checkRatio(rules.targetMarginRatio, Math.max(_parameters.minMarginRatio, initial), PPM);
        _checkRatio(rules.reserveRatio, 0, PPM);
        // A margin within the band must exceed the requirement to open a position.
        _checkRatio(rules.rebalanceBand, 1, rules.targetMarginRatio - initial);
        _checkRatio(rules.deleverageRatio, initial, rules.targetMarginRatio - rules.rebalanceBand);
        _checkRatio(
            rules.maxDeleverageDeviation,
            _parameters.adapter.pathFee() + 1,
            _parameters.maxHedgeDeviation / DELEVERAGE_BOUND_DIVISOR
        );
        _checkRatio(rules.keeperFeeRatio, 0, MAX_KEEPER_FEE);
        if (rules.delay == 0 || rules.priceWindow == 0 || rules.validity < rules.priceWindow) {
            revert InvalidTimes(rules.delay, rules.priceWindow, rules.validity);
        }
        _quoteRules = rules;
        (_targetMarginRatio, _reserveRatio) = (rules.targetMarginRatio, rules.reserveRatio);
        emit QuoteRulesSet(rules);
    }

    // ---------------------------------------------------------------------------------------------------- margin ----

    /// @dev The reserve: the balance that must remain after withdrawals and after fills that increase the position. In
    /// the collateral's own decimals, up.
    function _reserveUp(uint256 notional) internal view returns (uint256) {
        return Math.ceilDiv(MarginMath.requirementCeil(notional, _reserveRatio), _quoteScale);
    }

    /// @dev The ratio of account value plus balance to the notional that a deleveraging restores and that withdrawals
    /// must leave, ppm.
    function _fundedRatio() internal view returns (uint256) {
        return uint256(_quoteRules.deleverageRatio) + _quoteRules.rebalanceBand;
    }

    /// @dev Transfers collateral from the balance into the margin, directly to the Vault, which measures and credits the
    /// arriving amount. The maker makes the transfer when the Vault calls it back.
    function _moveIn(uint256 amountXCD) internal {
        assetBalance = (assetBalance - amountXCD).toUint128();
        _vault.receiveForHedge(marketId, abi.encode(amountXCD));
    }

    /// @dev Transfers margin into the balance, which counts the arriving amount (T61). A quote vault that was removed from
    /// its market is an ordinary account of the Vault: the breaker meters the outflow there, and the inflow is reported here.
    function _moveOut(uint256 amountXCD) internal {
        uint256 heldBefore = asset.balanceOf(address(this));
        bool isMaker = _position().isMaker;
        if (isMaker) _vault.withdrawForHedge(marketId, amountXCD, address(this));
        else _vault.payOutMargin(marketId, amountXCD, address(this));
        uint256 receivedXCD = asset.balanceOf(address(this)) - heldBefore;
        if (!isMaker) _meterInflow(receivedXCD);
        assetBalance = (assetBalance + receivedXCD).toUint128();
    }

    /// @dev At the last stored price of any age: capacity only distributes borrowing fees, and LPs must be able to
    /// leave a quote vault whose feed is dead.
    function _capacity() internal view returns (uint256) {
        uint256 liability = assetLiability * assetScale;
        if (liability == 0) return 0;
        try oracle.getLastPrice(marketId) returns (Price price, uint256) {
            return HedgeMarginMath.capacityDown(liability, price, _targetMarginRatio, _reserveRatio);
        } catch {
            // A source whose last price is none must not keep LPs in (T54). An empty gas reserve fails the whole call, because
            // the caller's steps need more than the 64th part that remains here.
            return 0;
        }
    }
}
