// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Cast} from "../../types/Cast.sol";
import {MarketStatus} from "../../types/Market.sol";
import {LpAccounting} from "../lp/LpAccounting.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title The debt of a hedged vault's account
abstract contract SpotHedgeAccounting is LpAccounting, SpotHedgeStorage {
    using Cast for uint256;

    /// @dev T64: whether the account of a flat hedged vault owes the market a unit of collateral or more, which the hedged
    /// vault pays before its LPs leave. In a settled market no price bounds the sale, and insurance has paid.
    function _isInDebt(Valuation memory v) internal view returns (bool) {
        if (!v.position.size.isZero() || v.accountValue.unwrap() > -_quoteScale.toInt()) return false;
        return clearingHouse.statusOf(marketId) != MarketStatus.Settled;
    }
}
