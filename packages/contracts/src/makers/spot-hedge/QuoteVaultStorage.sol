// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IPriceOracle} from "../../interfaces/IPriceOracle.sol";
import {IQuoteVault} from "../../interfaces/IQuoteVault.sol";
import {HedgeMarginMath} from "../../libraries/HedgeMarginMath.sol";
import {Price} from "../../types/Units.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title What both halves of a quote vault share: the base it holds, and how much margin its short wants
/// @notice {SpotHedgeQuoteMaker} is the half that fills orders, {QuoteVaultModule} the one where LPs come and go and
/// keepers look after the margin. Beyond {SpotHedgeStorage}, all of their storage is here.
abstract contract QuoteVaultStorage is SpotHedgeStorage, IQuoteVault {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

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

    /// @inheritdoc IQuoteVault
    function baseToken() external view returns (IERC20) {
        return _baseToken;
    }

    /// @inheritdoc IQuoteVault
    function quoteRules() external view returns (QuoteRules memory) {
        return _quoteRules;
    }

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
        _vault.beginReceive(marketId);
        assetBalance = (uint256(assetBalance) - amountXCD).toUint128();
        asset.safeTransfer(address(_vault), amountXCD);
        // What arrives is for the Vault to measure and to credit; what leaves has been counted out.
        // slither-disable-next-line unused-return
        _vault.endReceive();
    }
}
