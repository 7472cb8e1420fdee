// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Cast} from "./Cast.sol";

/// @dev Most that a settlement pays: shares, assets or collateral in kind. A {LpClaim} has room for it while its sums are at
/// most 2^128 - 2^120 (T62).
uint256 constant MAX_SETTLED = type(uint120).max;

/// @dev A request to deposit into or redeem from an LP vault. The input of a deposit is assets in their own decimals,
/// its output WAD shares. For a redemption it is the reverse.
struct LpRequest {
    // ---- first word ----
    address controller;
    /// @dev seconds; the request settles at the first price published at or after this time
    uint40 executableAt;
    /// @dev seconds; later, the request can only be returned
    uint40 expiresAt;
    bool isDeposit;
    /// @dev Settled, returned or cancelled.
    bool isClosed;
    // ---- second word ----
    /// @dev The requested input. Once closed: the part of it that was settled.
    uint128 amount;
    /// @dev Least output for all of `amount`.
    uint128 minOut;
    // ---- third word ----
    /// @dev Escrow for the keeper that settles or returns the request, wei. Zero once closed.
    uint128 keeperFee;
    /// @dev The part of the input that was returned and is claimable.
    uint128 returned;
    // ---- fourth word ----
    /// @dev {LpClaim-settled} of its controller after this request was settled.
    uint128 claimEnd;
    /// @dev A redemption that is paid in the asset only, also by a flat base vault.
    bool isAssetOnly;
}

/// @dev The claimable amounts of a controller's settled requests, for deposits or for redemptions.
struct LpClaim {
    /// @dev Inputs for which `outputs` are claimable.
    uint128 inputs;
    /// @dev Claimable outputs.
    uint128 outputs;
    /// @dev Sum of all inputs settled so far.
    uint128 settled;
    /// @dev Claimable collateral that was paid in kind beside the outputs.
    uint128 quoteXCD;
}

using LpClaimLib for LpClaim global;

library LpClaimLib {
    /// @notice The amount exceeds the claimable amount.
    error ClaimTooLarge(uint256 amount, uint256 claimable);

    /// @dev Whether any settlement of `inputs` can be added.
    function hasRoomFor(LpClaim storage self, uint256 inputs) internal view returns (bool) {
        uint256 most = type(uint128).max - MAX_SETTLED;
        return self.outputs <= most && self.quoteXCD <= most && self.settled + inputs <= type(uint128).max;
    }

    /// @dev Adds a settlement. Returns its {LpRequest-claimEnd}.
    function add(LpClaim storage self, uint128 inputs, uint128 outputs, uint128 quoteXCD) internal returns (uint128) {
        self.inputs += inputs;
        self.outputs += outputs;
        if (quoteXCD != 0) self.quoteXCD += quoteXCD;
        return self.settled += inputs;
    }

    /// @dev Claims the outputs of `inputs`. All inputs claim all outputs, so that rounding leaves no remainder.
    function takeInputs(LpClaim storage self, uint256 inputs) internal returns (uint256 outputs, uint256 quoteXCD) {
        outputs = _part(self.outputs, inputs, self.inputs);
        quoteXCD = _take(self, inputs, outputs);
    }

    /// @dev Claims `outputs`. Rounding only shifts a remainder between claims of the same controller.
    function takeOutputs(LpClaim storage self, uint256 outputs) internal returns (uint256 inputs, uint256 quoteXCD) {
        inputs = _part(self.inputs, outputs, self.outputs);
        quoteXCD = _take(self, inputs, outputs);
    }

    /// @dev The part of a request that is not claimed yet. Claims take the oldest request first.
    function openPart(LpClaim storage self, uint256 claimEnd, uint256 amount) internal view returns (uint256) {
        uint256 claimed = uint256(self.settled) - self.inputs;
        return claimEnd > claimed ? Math.min(amount, claimEnd - claimed) : 0;
    }

    function _take(LpClaim storage self, uint256 inputs, uint256 outputs) private returns (uint256 quoteXCD) {
        uint256 quoteHeld = self.quoteXCD;
        if (quoteHeld != 0) {
            quoteXCD = outputs == self.outputs ? quoteHeld : _part(quoteHeld, inputs, self.inputs);
            // At most `quoteHeld`, a uint128.
            self.quoteXCD = Cast.lowUint128(quoteHeld - quoteXCD);
        }
        // Neither exceeds the stored value, by _part.
        self.inputs -= Cast.lowUint128(inputs);
        self.outputs -= Cast.lowUint128(outputs);
    }

    /// @dev amount x part / whole, down.
    function _part(uint256 amount, uint256 part, uint256 whole) private pure returns (uint256) {
        if (part > whole) revert ClaimTooLarge(part, whole);
        return part == whole ? amount : Math.mulDiv(amount, part, whole);
    }
}
