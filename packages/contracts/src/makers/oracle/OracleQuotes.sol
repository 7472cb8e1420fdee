// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../interfaces/IClearingHouse.sol";
import {FillInput} from "../../interfaces/IMaker.sol";
import {IOracleMaker} from "../../interfaces/IOracleMaker.sol";
import {InventoryCurve} from "../../libraries/InventoryCurve.sol";
import {Base} from "../../types/Units.sol";
import {LpQuotes} from "../lp/LpQuotes.sol";
import {LpVault} from "../lp/LpVault.sol";
import {OracleAccounting} from "./OracleAccounting.sol";

/// @title The quotes of an {OracleMaker}, for takers and LPs
/// @dev Runs on the storage of the maker that deployed it.
contract OracleQuotes is OracleAccounting, LpQuotes {
    using InventoryCurve for InventoryCurve.Curve;

    constructor(IClearingHouse clearingHouse_, uint256 marketId_)
        LpVault("", "", msg.sender, clearingHouse_, marketId_, clearingHouse_.vault().asset())
    {}

    /// @inheritdoc IOracleMaker
    function getPrices() external view returns (uint256 bid, uint256 ask, uint256 reservationPrice) {
        Parameters memory p = _parameters;
        FillInput memory input = _now();
        bid = _curve(p, input, false).marginalPrice();
        ask = _curve(p, input, true).marginalPrice();
        reservationPrice = InventoryCurve.reservationPrice(input.price, input.makerSize, p.maxSpread, p.maxAbsPosition);
    }

    /// @inheritdoc IOracleMaker
    function getQuote(bool isBaseToQuote, bool isExactInput, uint256 amount)
        external
        view
        returns (uint256 oppositeAmount)
    {
        Fill memory fill = _fill(_now(), isBaseToQuote, isExactInput, amount);
        return isBaseToQuote == isExactInput ? fill.quote : fill.base;
    }

    /// @inheritdoc IOracleMaker
    function previewFill(bool isBaseToQuote, bool isExactInput, uint256 amount) external view returns (Fill memory) {
        return _fill(_now(), isBaseToQuote, isExactInput, amount);
    }

    /// @inheritdoc IOracleMaker
    function getRemainingCapacity() external view returns (uint256 buys, uint256 sells) {
        Base size = _position().size;
        uint256 cap = _parameters.maxAbsPosition;
        // The capacity does not depend on the price.
        buys = InventoryCurve.from(0, 1, size, true, 0, cap).capacity();
        sells = InventoryCurve.from(0, 1, size, false, 0, cap).capacity();
    }

    /// @dev The input of a fill at the stored price and the current inventory.
    function _now() private view returns (FillInput memory input) {
        (input.price, input.confidence,) = oracle.getPrice(marketId);
        input.makerSize = _position().size;
    }
}
