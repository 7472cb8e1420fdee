// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {InventoryCurve} from "../../src/libraries/InventoryCurve.sol";
import {Base, Price, PriceLib} from "../../src/types/Units.sol";

/// @dev External functions for the curve, for forge and for the SDK's differential test on a local chain.
contract CurveHarness {
    using InventoryCurve for InventoryCurve.Curve;

    /// @dev A maker at one moment. Prices and sizes WAD, `inventory` signed; ratios ppm.
    struct State {
        uint256 price;
        uint256 confidence;
        int256 inventory;
        uint256 maxSpread;
        uint256 maxAbsPosition;
        uint256 confidenceFactor;
        uint256 maxConfidencePremium;
        uint256 lpFee;
    }

    /// @dev An order against a maker's state; `amount` WAD, base if `isExactBase`.
    struct Case {
        State state;
        bool takerBuys;
        bool isExactBase;
        uint256 amount;
    }

    /// @dev The result of a case: the opposite amount, or the data of the error.
    struct Answer {
        uint256 opposite;
        bytes reason;
        uint256 capacity;
        uint256 marginalPrice;
        uint256 reservationPrice;
    }

    function quoteForBase(State memory s, bool takerBuys, uint256 size) public pure returns (uint256) {
        return _curve(s, takerBuys).quoteForBase(size);
    }

    function baseForQuote(State memory s, bool takerBuys, uint256 quote) public pure returns (uint256) {
        return _curve(s, takerBuys).baseForQuote(quote);
    }

    function baseForQuoteGas(State memory s, bool takerBuys, uint256 quote) external view returns (uint256 spent) {
        InventoryCurve.Curve memory curve = _curve(s, takerBuys);
        spent = gasleft();
        curve.baseForQuote(quote);
        spent -= gasleft();
    }

    function capacity(State memory s, bool takerBuys) public pure returns (uint256) {
        return _curve(s, takerBuys).capacity();
    }

    /// @dev In units of 1e-12 wei.
    function flatPrice(State memory s, bool takerBuys) public pure returns (uint256) {
        (uint256 flat, uint256 unit) = _flatPrice(s, takerBuys);
        return flat * (1e12 / unit);
    }

    function marginalPrice(State memory s, bool takerBuys) public pure returns (uint256) {
        return _curve(s, takerBuys).marginalPrice();
    }

    function reservationPrice(State memory s) public pure returns (uint256) {
        return InventoryCurve.reservationPrice(_price(s), Base.wrap(s.inventory), s.maxSpread, s.maxAbsPosition);
    }

    /// @dev Many cases in one call.
    function answer(Case[] calldata cases) external view returns (Answer[] memory answers) {
        answers = new Answer[](cases.length);
        for (uint256 i = 0; i < cases.length; ++i) {
            Case calldata c = cases[i];
            answers[i].capacity = capacity(c.state, c.takerBuys);
            answers[i].marginalPrice = marginalPrice(c.state, c.takerBuys);
            answers[i].reservationPrice = reservationPrice(c.state);
            if (c.isExactBase) {
                try this.quoteForBase(c.state, c.takerBuys, c.amount) returns (uint256 quote) {
                    answers[i].opposite = quote;
                } catch (bytes memory reason) {
                    answers[i].reason = reason;
                }
            } else {
                try this.baseForQuote(c.state, c.takerBuys, c.amount) returns (uint256 base) {
                    answers[i].opposite = base;
                } catch (bytes memory reason) {
                    answers[i].reason = reason;
                }
            }
        }
    }

    function _curve(State memory s, bool takerBuys) private pure returns (InventoryCurve.Curve memory) {
        (uint256 flat, uint256 unit) = _flatPrice(s, takerBuys);
        return InventoryCurve.from(flat, unit, Base.wrap(s.inventory), takerBuys, s.maxSpread, s.maxAbsPosition);
    }

    function _flatPrice(State memory s, bool takerBuys) private pure returns (uint256 flat, uint256 unit) {
        return InventoryCurve.flatPrice(
            _price(s), s.confidence, takerBuys, s.confidenceFactor, s.maxConfidencePremium, s.lpFee
        );
    }

    function _price(State memory s) private pure returns (Price) {
        return PriceLib.toPrice(s.price);
    }
}
