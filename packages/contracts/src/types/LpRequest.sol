// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Cast} from "./Cast.sol";

/// @dev Most that a settlement pays: shares, assets or collateral in kind. A {LpClaim} has room for it while its sums are at
/// most 2^112 - 2^104 (T62).
uint256 constant MAX_SETTLED = type(uint104).max;
/// @dev Most that a request asks for, and its largest minimum: assets in their own decimals or WAD shares.
uint256 constant MAX_REQUESTED = type(uint112).max;
/// @dev Largest keeper fee of a request: 9.2 ether, wei.
uint256 constant MAX_KEEPER_FEE = type(uint64).max >> 1;
uint256 constant MAX_REQUEST_ID = type(uint32).max >> 1;
/// @dev Seconds of notice of an exit in kind ({IExitInKind}). Orders of a market whose makers have requests live no longer.
uint256 constant EXIT_NOTICE_TIME = 1 hours;

enum LpRequestKind {
    Deposit,
    Redeem,
    /// @dev A redemption that is paid in the asset only, also by a flat base vault.
    RedeemInAsset
}

/// @dev A request to deposit into or redeem from an LP vault. The input of a deposit is assets in their own decimals,
/// its output WAD shares. For a redemption it is the reverse. {StoredLpRequest} is its form in storage.
struct LpRequest {
    address controller;
    /// @dev seconds; the request settles at the first price published at or after this time
    uint40 executableAt;
    /// @dev seconds; later, the request can only be returned
    uint40 expiresAt;
    bool isDeposit;
    /// @dev Settled, returned or cancelled.
    bool isClosed;
    /// @dev The requested input. Once closed: the part of it that was settled.
    uint128 amount;
    /// @dev Least output for all of `amount`. Zero once closed.
    uint128 minOut;
    /// @dev Escrow for the keeper that settles or returns the request, wei. Zero once closed.
    uint128 keeperFee;
    /// @dev The part of the input that was returned and is claimable.
    uint128 returned;
    /// @dev A redemption that is paid in the asset only, also by a flat base vault.
    bool isAssetOnly;
}

/// @dev A request in two words, of which most settlements change the first only.
struct StoredLpRequest {
    // ---- first word ----
    address controller;
    /// @dev seconds, until the year 2106
    uint32 executableAt;
    /// @dev While open: escrow for the keeper, at most {MAX_KEEPER_FEE}, wei. Once closed: {CLOSED}, and the round of a
    /// request that was settled.
    uint64 feeOrRound;
    // ---- second word ----
    /// @dev The requested input. Once settled: the part of it that was settled. Once returned: the input that is claimable.
    uint112 amount;
    /// @dev While open: least output for all of `amount`. Once settled as a later request of a round: its end among the inputs
    /// of the round.
    uint112 minOutOrEnd;
    /// @dev seconds from `executableAt` to expiry
    uint16 validity;
    LpRequestKind kind;
    // ---- third word ----
    /// @dev The claimable rest of a request that was settled in part.
    uint112 rest;
}

/// @dev The claimable amounts of a controller's settled deposits, or redemptions. Settlements and claims of all of it use the
/// first word only.
struct LpClaim {
    // ---- first word ----
    /// @dev Inputs for which `outputs` are claimable.
    uint112 inputs;
    /// @dev Claimable outputs.
    uint112 outputs;
    /// @dev The round, and the kind in the lowest bit. A round begins with the first settlement while nothing is claimable, and
    /// has its request's id.
    uint32 roundAndKind;
    // ---- second word ----
    /// @dev Inputs of round `claimedIn` that were claimed in part.
    uint112 claimed;
    /// @dev Claimable collateral that was paid in kind beside the outputs.
    uint112 quoteXCD;
    uint32 claimedIn;
}

using LpRequestLib for StoredLpRequest global;
using LpClaimLib for LpClaim global;

library LpRequestLib {
    uint64 private constant CLOSED = 1 << 63;

    function isDeposit(StoredLpRequest storage self) internal view returns (bool) {
        return self.kind == LpRequestKind.Deposit;
    }

    function isClosed(StoredLpRequest storage self) internal view returns (bool) {
        return self.feeOrRound >= CLOSED;
    }

    /// @dev seconds
    function expiresAt(StoredLpRequest storage self) internal view returns (uint256) {
        return uint256(self.executableAt) + self.validity;
    }

    /// @dev The escrow of an open request, wei.
    function keeperFee(StoredLpRequest storage self) internal view returns (uint256) {
        return self.feeOrRound;
    }

    /// @dev The requested input of an open request, else zero.
    function pending(StoredLpRequest storage self) internal view returns (uint256) {
        return isClosed(self) ? 0 : self.amount;
    }

    /// @dev The returned input that is claimable.
    function returned(StoredLpRequest storage self) internal view returns (uint256) {
        if (!isClosed(self)) return 0;
        return _round(self) == 0 ? self.amount : self.rest;
    }

    /// @dev The settled input that is claimable.
    /// @param claim of its controller and kind
    function claimable(StoredLpRequest storage self, LpClaim storage claim, uint256 requestId)
        internal
        view
        returns (uint256)
    {
        uint256 round = isClosed(self) ? _round(self) : 0;
        if (round == 0) return 0;
        uint256 end = round == requestId ? self.amount : self.minOutOrEnd;
        return claim.openPart(round, end, self.amount);
    }

    /// @dev Closes an open request whose part `met` was settled.
    /// @param round and `end`: of {LpClaimLib-add}
    function settle(StoredLpRequest storage self, uint256 requestId, uint112 met, uint32 round, uint112 end) internal {
        self.feeOrRound = CLOSED | round;
        uint112 amount = self.amount;
        if (met == amount && round == requestId) return;
        (self.amount, self.minOutOrEnd) = (met, end);
        if (met != amount) self.rest = amount - met;
    }

    /// @dev Closes an open request and returns all of it.
    /// @return amount of it
    function giveBack(StoredLpRequest storage self) internal returns (uint256 amount) {
        self.feeOrRound = CLOSED;
        return self.amount;
    }

    /// @dev Records the claim of the returned input.
    function clearReturned(StoredLpRequest storage self) internal {
        if (_round(self) == 0) self.amount = 0;
        else self.rest = 0;
    }

    function load(StoredLpRequest storage self) internal view returns (LpRequest memory request) {
        request.controller = self.controller;
        request.executableAt = self.executableAt;
        // At most 2^32 + 2^16.
        request.expiresAt = Cast.lowUint40(expiresAt(self));
        request.isDeposit = self.controller != address(0) && isDeposit(self);
        request.isAssetOnly = self.kind == LpRequestKind.RedeemInAsset;
        if (isClosed(self)) {
            request.isClosed = true;
            if (_round(self) != 0) request.amount = self.amount;
            // A uint112.
            request.returned = Cast.lowUint128(returned(self));
        } else {
            (request.amount, request.minOut, request.keeperFee) = (self.amount, self.minOutOrEnd, self.feeOrRound);
        }
    }

    /// @dev Of a closed request; zero for one that was returned whole.
    function _round(StoredLpRequest storage self) private view returns (uint256) {
        return self.feeOrRound & (CLOSED - 1);
    }
}

library LpClaimLib {
    /// @notice The amount exceeds the claimable amount.
    error ClaimTooLarge(uint256 amount, uint256 claimable);

    /// @dev Whether any settlement of `amount` can be added.
    /// @param mayPayInKind whether the settlement may pay collateral in kind
    function hasRoomFor(LpClaim storage self, uint256 amount, bool mayPayInKind) internal view returns (bool) {
        uint256 most = type(uint112).max - MAX_SETTLED;
        (uint256 inputs, uint256 outputs) = (self.inputs, self.outputs);
        if (outputs > most || (mayPayInKind && self.quoteXCD > most)) return false;
        if (inputs == 0) return amount <= type(uint112).max;
        return uint256(_claimedOf(self, _round(self))) + inputs + amount <= type(uint112).max;
    }

    /// @dev The kind of its claims; false while it was never used.
    function isOfDeposits(LpClaim storage self) internal view returns (bool) {
        return self.roundAndKind & 1 == 1;
    }

    function isUnused(LpClaim storage self) internal view returns (bool) {
        return self.roundAndKind == 0;
    }

    /// @dev Adds a settlement of a request. The kind is that of the other claimable amounts, if there are any.
    /// @param requestId at most {MAX_REQUEST_ID}
    /// @return round in which the request is claimable
    /// @return end of the request among the inputs of the round
    function add(
        LpClaim storage self,
        uint32 requestId,
        bool isDeposit,
        uint112 inputs,
        uint112 outputs,
        uint112 quoteXCD
    ) internal returns (uint32 round, uint112 end) {
        uint112 held = self.inputs;
        if (held == 0) {
            (round, end) = (requestId, inputs);
            self.roundAndKind = requestId << 1 | (isDeposit ? 1 : 0);
        } else {
            round = _round(self);
            end = _claimedOf(self, round) + held + inputs;
        }
        self.inputs = held + inputs;
        self.outputs += outputs;
        if (quoteXCD != 0) self.quoteXCD += quoteXCD;
    }

    /// @dev Claims the outputs of `inputs`. All inputs claim all outputs, so that rounding leaves no remainder.
    /// @param hasKind whether collateral may have been paid in kind
    function takeInputs(LpClaim storage self, uint256 inputs, bool hasKind)
        internal
        returns (uint256 outputs, uint256 quoteXCD)
    {
        outputs = _part(self.outputs, inputs, self.inputs);
        quoteXCD = _take(self, inputs, outputs, hasKind);
    }

    /// @dev Claims `outputs`. Rounding only shifts a remainder between claims of the same controller.
    function takeOutputs(LpClaim storage self, uint256 outputs, bool hasKind)
        internal
        returns (uint256 inputs, uint256 quoteXCD)
    {
        inputs = _part(self.inputs, outputs, self.outputs);
        quoteXCD = _take(self, inputs, outputs, hasKind);
    }

    /// @dev The part of a settled request that is not claimed yet. Claims take the oldest settlement first.
    function openPart(LpClaim storage self, uint256 round, uint256 end, uint256 amount)
        internal
        view
        returns (uint256)
    {
        if (_round(self) != round || self.inputs == 0) return 0;
        uint256 claimed = _claimedOf(self, _round(self));
        return end > claimed ? Math.min(amount, end - claimed) : 0;
    }

    function _take(LpClaim storage self, uint256 inputs, uint256 outputs, bool hasKind)
        private
        returns (uint256 quoteXCD)
    {
        uint256 quoteHeld = hasKind ? self.quoteXCD : 0;
        if (quoteHeld != 0) {
            quoteXCD = outputs == self.outputs ? quoteHeld : _part(quoteHeld, inputs, self.inputs);
            // At most `quoteHeld`, a uint112.
            self.quoteXCD = Cast.lowUint112(quoteHeld - quoteXCD);
        }
        // Neither exceeds the stored value, by _part.
        uint112 left = self.inputs - Cast.lowUint112(inputs);
        if (left != 0) {
            uint32 round = _round(self);
            self.claimed = _claimedOf(self, round) + Cast.lowUint112(inputs);
            self.claimedIn = round;
        }
        self.inputs = left;
        self.outputs -= Cast.lowUint112(outputs);
    }

    function _round(LpClaim storage self) private view returns (uint32) {
        return self.roundAndKind >> 1;
    }

    /// @dev Inputs of a round that were claimed while others of it stayed claimable.
    function _claimedOf(LpClaim storage self, uint32 round) private view returns (uint112) {
        return self.claimedIn == round ? self.claimed : 0;
    }

    /// @dev amount x part / whole, down.
    function _part(uint256 amount, uint256 part, uint256 whole) private pure returns (uint256) {
        if (part > whole) revert ClaimTooLarge(part, whole);
        return part == whole ? amount : Math.mulDiv(amount, part, whole);
    }
}
