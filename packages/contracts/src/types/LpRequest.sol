// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Cast} from "./Cast.sol";

/// @dev One request to enter or leave a maker. Amounts of deposits are in the asset's own decimals, of redemptions WAD
/// shares; what comes out is the other one.
struct LpRequest {
    // ---- first word ----
    address controller;
    /// @dev seconds; it settles at the first price published at or after this moment
    uint40 executableAt;
    /// @dev seconds; from the next second on, it can only be returned
    uint40 expiresAt;
    bool isDeposit;
    /// @dev Settled, returned or cancelled: it waits for nothing any more.
    bool isClosed;
    // ---- second word ----
    /// @dev What was asked for; once closed, what of it was settled.
    uint128 amount;
    /// @dev The least to come out for all of `amount`.
    uint128 minOut;
    // ---- third word ----
    /// @dev Wei in escrow, for whoever settles or returns it; zero once closed.
    uint128 keeperFee;
    /// @dev What of the amount came back and waits to be claimed.
    uint128 returned;
    // ---- fourth word ----
    /// @dev {LpClaim-settled} of its controller when this one had been added.
    uint128 claimEnd;
}

/// @dev What one controller can claim on one side, of all its settled requests together.
struct LpClaim {
    /// @dev What went in for what waits here.
    uint128 inputs;
    /// @dev What waits to be claimed.
    uint128 outputs;
    /// @dev Inputs ever settled.
    uint128 settled;
    /// @dev Collateral that was paid in kind beside the outputs.
    uint128 quoteXCD;
}

using LpClaimLib for LpClaim global;

library LpClaimLib {
    /// @notice More than there is to claim.
    error ClaimTooLarge(uint256 amount, uint256 claimable);

    /// @dev Adds a settlement and returns {LpRequest-claimEnd} of it.
    function add(LpClaim storage self, uint128 inputs, uint128 outputs, uint128 quoteXCD) internal returns (uint128) {
        self.inputs += inputs;
        self.outputs += outputs;
        if (quoteXCD != 0) self.quoteXCD += quoteXCD;
        return self.settled += inputs;
    }

    /// @dev Takes by the input; all of it takes all there is, so that rounding leaves nothing behind.
    function takeInputs(LpClaim storage self, uint256 inputs) internal returns (uint256 outputs, uint256 quoteXCD) {
        outputs = _part(self.outputs, inputs, self.inputs);
        quoteXCD = _take(self, inputs, outputs);
    }

    /// @dev Takes by the output. Both roundings only move dust between parts of the same controller's claim.
    function takeOutputs(LpClaim storage self, uint256 outputs) internal returns (uint256 inputs, uint256 quoteXCD) {
        inputs = _part(self.inputs, outputs, self.outputs);
        quoteXCD = _take(self, inputs, outputs);
    }

    /// @dev What of a request is still to be claimed: claims take from the oldest first.
    function openPart(LpClaim storage self, uint256 claimEnd, uint256 amount) internal view returns (uint256) {
        uint256 claimed = uint256(self.settled) - self.inputs;
        return claimEnd > claimed ? Math.min(amount, claimEnd - claimed) : 0;
    }

    function _take(LpClaim storage self, uint256 inputs, uint256 outputs) private returns (uint256 quoteXCD) {
        uint256 quoteHeld = self.quoteXCD;
        if (quoteHeld != 0) {
            quoteXCD = outputs == self.outputs ? quoteHeld : _part(quoteHeld, inputs, self.inputs);
            // At most what is held.
            self.quoteXCD = Cast.lowUint128(quoteHeld - quoteXCD);
        }
        // Both at most what is held, by _part.
        self.inputs -= Cast.lowUint128(inputs);
        self.outputs -= Cast.lowUint128(outputs);
    }

    /// @dev amount x part / whole, down.
    function _part(uint256 amount, uint256 part, uint256 whole) private pure returns (uint256) {
        if (part > whole) revert ClaimTooLarge(part, whole);
        return part == whole ? amount : Math.mulDiv(amount, part, whole);
    }
}
