// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ShareMath} from "../../libraries/ShareMath.sol";
import {Cast} from "../../types/Cast.sol";
import {MarketStatus} from "../../types/Market.sol";
import {LpAccounting} from "../lp/LpAccounting.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title The debt of a hedged vault's account, and the balances of a slice
abstract contract SpotHedgeAccounting is LpAccounting, SpotHedgeStorage {
    using Cast for uint256;

    /// @dev T64: whether the account of a flat hedged vault owes the market a unit of collateral or more, which the hedged
    /// vault pays before its LPs leave. In a settled market no price bounds the sale, and insurance has paid.
    function _isInDebt(Valuation memory v) internal view returns (bool) {
        if (!v.position.size.isZero() || v.accountValue.unwrap() > -_quoteScale.toInt()) return false;
        return clearingHouse.statusOf(marketId) != MarketStatus.Settled;
    }

    /// @inheritdoc LpAccounting
    function _sliceTerms() internal view override returns (uint256 fillFee, uint256 requestFee, uint256 baseUnit) {
        return (_parameters.spread + _parameters.adapter.pathFee(), _lpRules.requestFee, _baseScale);
    }

    /// @inheritdoc LpAccounting
    /// @dev The virtual shares keep their part of the asset when the last LP takes the whole position.
    function _sliceOf(uint256 part, uint256 whole, uint256 requestFee)
        internal
        view
        override
        returns (uint256 assetXCD, uint256 baseXCD)
    {
        baseXCD = Math.mulDiv(_heldBase(), part, whole);
        if (part == whole) (part, whole) = (totalSupply(), totalSupply() + ShareMath.VIRTUAL);
        assetXCD = Math.mulDiv(assetBalance, part, whole);
        assetXCD -= _feeXCD(assetXCD, requestFee);
    }

    /// @dev Base that a quote vault holds beside its asset; zero for a base vault. In the base token's decimals.
    function _heldBase() internal view virtual returns (uint256);
}
