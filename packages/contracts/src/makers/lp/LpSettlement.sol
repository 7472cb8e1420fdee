// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IKeeperErrors} from "../../interfaces/IKeeperErrors.sol";
import {ILpVault} from "../../interfaces/ILpVault.sol";
import {IMaker} from "../../interfaces/IMaker.sol";
import {IPriceOracle} from "../../interfaces/IPriceOracle.sol";
import {IVault} from "../../interfaces/IVault.sol";
import {Reverts} from "../../libraries/Reverts.sol";
import {Cast} from "../../types/Cast.sol";
import {NotEnoughGas, ZeroAmount} from "../../types/Errors.sol";
import {LpRequestKind, MAX_SETTLED, StoredLpRequest} from "../../types/LpRequest.sol";
import {AmountTooLarge, Price} from "../../types/Units.sol";
import {LpQueue} from "./LpQueue.sol";

/// @title The settlement of requests, by keepers
/// @notice Requests settle first in, first out, each at the first price published at or after its `executableAt`:
/// - a request that the maker can meet in part is settled in part, and the rest is returned;
/// - a request whose terms the maker cannot meet is returned whole, as is one that expired before its settlement, and one
///   whose only price is too old (T55);
/// - any other failure changes nothing and pays no fee (T28): the request stays open and keeps its place, while later
///   requests are settled.
/// A redemption from a flat maker needs no price (T54).
abstract contract LpSettlement is IKeeperErrors, LpQueue {
    using Cast for *;
    using SafeCast for uint256;

    /// @dev The result of the search for a request's price.
    enum PriceFound {
        Yes,
        /// @dev The request's only price is too old.
        TooOld,
        /// @dev No update is left.
        No,
        Rejected
    }

    /// @dev The state of one call of {settle}.
    struct Batch {
        uint256 id;
        /// @dev Requests settled or returned.
        uint256 settled;
        /// @dev Price updates consumed so far.
        uint256 updatesUsed;
        /// @dev The encoded error of the first request that stayed open.
        bytes firstFailure;
        /// @dev Failed attempts to settle deposits, and redemptions.
        uint256 failedDeposits;
        uint256 failedRedemptions;
        /// @dev No update is left: only redemptions from a flat maker settle.
        bool isUnpriced;
        /// @dev `executableAt` of requests whose price is too old; zero for none. Their encoded error.
        uint256 tooOldFor;
        bytes tooOld;
        /// @dev `executableAt` of the price that the oracle carries; zero when it carries none.
        uint256 carriedFor;
        /// @dev That price, WAD quote per base.
        uint256 price;
        /// @dev Keeper fees earned so far, wei.
        uint256 keeperFees;
        /// @dev Unspent part of the attached value, wei.
        uint256 value;
    }

    /// @notice A request, or the part that the maker could meet, can be claimed. `input` and `output` are assets and shares
    /// for a deposit, shares and assets for a redemption; `quoteXCD` is collateral paid in kind, `price` WAD quote per base,
    /// zero for a redemption that settled without a price.
    event RequestSettled(
        uint256 indexed requestId,
        address indexed controller,
        bool isDeposit,
        uint256 input,
        uint256 output,
        uint256 quoteXCD,
        uint256 price
    );
    /// @notice A request, or the rest of it, was returned and can be claimed. `reason` is an encoded error.
    event RequestReturned(uint256 indexed requestId, address indexed controller, uint256 returned, bytes reason);

    /// @notice No pending request is due, or the price update of the first due one is missing.
    error NothingToSettle(uint256 head, uint256 count);
    /// @notice Reason of a return: the request was not settled in time.
    error RequestExpired(uint256 timestamp, uint256 expiresAt);
    /// @notice Reason of a return: the maker could take or pay for a part only.
    error MetInPart(uint256 amount, uint256 met);
    /// @notice Reason of a return: the controller's claims have no room for another settlement (T62). It can claim.
    error ClaimsFull(address controller);

    /// @notice Gas that must be left before a call of the maker. More than any settlement needs, so that a lack of gas is
    /// never mistaken for a failure of the request (T28).
    uint256 public constant MIN_SETTLE_GAS = 1_000_000;
    /// @notice After this number of failed attempts for deposits, or for redemptions, a call attempts no more of the same
    /// kind: keepers are not paid for them, and their reasons concern all requests of the kind (T62).
    uint256 public constant MAX_FAILED_ATTEMPTS = 2;

    // ----------------------------------------------------------------------------------------------------- keeper ----

    /// @notice Settles requests in their order, returns expired ones, and pays the caller the keeper fees in escrow. A
    /// request stays open, with its place and its price, when the maker reverts for a reason that neither the request's
    /// terms nor the maker's capacity cause. Stops at the first request that is not due, or whose price update is
    /// missing or rejected; without an update, redemptions behind it settle while the maker is flat. Reverts when it settled
    /// and returned no request and {head} did not advance, with the first of these reasons if there is one.
    /// @param updates the first price update published at or after each different `executableAt` of the pending requests, in
    /// their order
    /// @param maxRequests number of requests to read from {head} on, closed ones included
    /// @dev The attached value pays the source's fees, and the rest returns to the caller. Without attached value the oracle
    /// pays them out of its own balance.
    /// @return settled number of requests settled or returned
    function settle(bytes[][] calldata updates, uint256 maxRequests) external payable returns (uint256 settled) {
        address holder = _vault.lockHolder();
        if (holder != address(0)) revert IVault.Locked(holder);
        (uint256 first, uint256 count) = (_queue.head, _queue.count);
        uint256 newHead = first;
        uint256 last = Math.min(count, Math.saturatingAdd(first, maxRequests) - 1);
        Batch memory batch;
        batch.value = msg.value;
        for (batch.id = first; batch.id <= last && _advance(batch, updates); ++batch.id) {
            if (newHead == batch.id && _requests[newHead].isClosed()) ++newHead;
        }
        // The calls of the loop move tokens under the lock only, and this function requires the lock to be free: no call
        // re-enters the queue before `head` is written.
        if (batch.carriedFor != 0) oracle.endExecution();
        if (newHead != first) {
            // At most one more than `count`.
            _queue.head = newHead.toUint32();
        } else if (batch.settled == 0) {
            if (batch.firstFailure.length != 0) Reverts.bubble(batch.firstFailure);
            revert NothingToSettle(first, count);
        }
        uint256 payment = batch.keeperFees + batch.value;
        if (payment != 0) Address.sendValue(payable(msg.sender), payment);
        return batch.settled;
    }

    // --------------------------------------------------------------------------------------------------- internal ----

    /// @return fee of the keeper in escrow, wei
    function _returnExpired(uint256 requestId, StoredLpRequest storage request) internal returns (uint256 fee) {
        fee = request.keeperFee();
        _return(
            requestId, request, abi.encodeWithSelector(RequestExpired.selector, block.timestamp, request.expiresAt())
        );
    }

    function _hasRoom(StoredLpRequest storage request) internal view returns (bool) {
        bool isDeposit = request.isDeposit();
        return _claimOf(request.controller, isDeposit).hasRoomFor(request.amount, !isDeposit && _paysInKind());
    }

    // ---------------------------------------------------------------------------------------------------- private ----

    /// @dev Processes one request.
    /// @return whether to continue with the next one
    function _advance(Batch memory batch, bytes[][] calldata updates) private returns (bool) {
        StoredLpRequest storage request = _requests[batch.id];
        if (request.isClosed()) return true;
        if (block.timestamp > request.expiresAt()) {
            batch.keeperFees += _returnExpired(batch.id, request);
            ++batch.settled;
            return true;
        }
        if (block.timestamp < request.executableAt) return false;
        if (!batch.isUnpriced && batch.carriedFor != request.executableAt) {
            PriceFound found = _carryPrice(batch, updates, request);
            if (found == PriceFound.TooOld) {
                batch.keeperFees += request.keeperFee();
                ++batch.settled;
                _return(batch.id, request, batch.tooOld);
                return true;
            }
            if (found == PriceFound.Rejected) return false;
            if (found == PriceFound.No) {
                if (!maker.redeemsWithoutPrice()) return false;
                batch.isUnpriced = true;
                batch.price = 0;
            }
        }
        if (batch.isUnpriced && !_needsNoPrice(request)) return true;
        if ((request.isDeposit() ? batch.failedDeposits : batch.failedRedemptions) >= MAX_FAILED_ATTEMPTS) return true;
        if (gasleft() < MIN_SETTLE_GAS) {
            _recordFailure(batch, abi.encodeWithSelector(NotEnoughGas.selector, gasleft(), MIN_SETTLE_GAS));
            return false;
        }
        _settle(batch, request);
        return true;
    }

    /// @dev Whether a request can settle without a price while the maker is flat. Collateral that a base vault pays in kind
    /// counts for the minimum at the request's price, and so does collateral in whose place it pays base.
    function _needsNoPrice(StoredLpRequest storage request) private view returns (bool) {
        if (request.isDeposit()) return false;
        if (!_paysInKind()) return true;
        return request.minOutOrEnd == 0 && request.kind == LpRequestKind.Redeem;
    }

    /// @dev Makes the request's price the oracle's execution price, for all requests of the same `executableAt`.
    function _carryPrice(Batch memory batch, bytes[][] calldata updates, StoredLpRequest storage request)
        private
        returns (PriceFound)
    {
        uint256 executableAt = request.executableAt;
        if (batch.tooOldFor == executableAt) return PriceFound.TooOld;
        if (batch.carriedFor != 0) oracle.endExecution();
        batch.carriedFor = 0;
        if (batch.updatesUsed == updates.length) return PriceFound.No;
        bytes[] calldata update = updates[batch.updatesUsed];
        uint256 sourceFee = msg.value == 0 ? 0 : oracle.executionFeeAt(marketId, update, executableAt);
        if (batch.value < sourceFee) {
            _recordFailure(batch, abi.encodeWithSelector(SourceFeeTooLow.selector, batch.value, sourceFee));
            return PriceFound.Rejected;
        }
        try oracle.beginExecution{value: sourceFee}(marketId, update, executableAt, request.expiresAt()) returns (
            Price price
        ) {
            batch.price = price.unwrap();
        } catch (bytes memory reason) {
            // The update proves the only price of the request, and the oracle will never accept it.
            if (update.length != 0 && reason.toSelector() == IPriceOracle.StalePrice.selector) {
                (batch.tooOldFor, batch.tooOld) = (executableAt, reason);
                ++batch.updatesUsed;
                return PriceFound.TooOld;
            }
            _recordFailure(batch, reason);
            return PriceFound.Rejected;
        }
        batch.value -= sourceFee;
        ++batch.updatesUsed;
        batch.carriedFor = executableAt;
        return PriceFound.Yes;
    }

    /// @dev Settles a request at the carried price, or returns it where its terms or the maker's capacity prevent that: the
    /// request can never have another price. After any other failure it stays open.
    function _settle(Batch memory batch, StoredLpRequest storage request) private {
        (uint256 amount, uint256 fee) = (request.amount, request.keeperFee());
        bytes memory reason;
        if (!_hasRoom(request)) {
            reason = abi.encodeWithSelector(ClaimsFull.selector, request.controller);
        } else {
            reason = request.isDeposit()
                ? _trySettleDeposit(batch, request, amount)
                : _trySettleRedeem(batch, request, amount);
        }
        if (!request.isClosed()) {
            if (!_returnsRequest(reason)) {
                if (request.isDeposit()) ++batch.failedDeposits;
                else ++batch.failedRedemptions;
                return _recordFailure(batch, reason);
            }
            _return(batch.id, request, reason);
        }
        batch.keeperFees += fee;
        ++batch.settled;
    }

    /// @dev The maker moves tokens under the lock only, during which {settle} reverts. The request is open and cannot be
    /// cancelled before its expiry.
    /// @return reason the maker's error; empty when the request is settled
    function _trySettleDeposit(Batch memory batch, StoredLpRequest storage request, uint256 amount)
        private
        returns (bytes memory)
    {
        try maker.settleDeposit(amount, request.minOutOrEnd) returns (uint256 taken, uint256 shares) {
            _recordSettlement(batch, request, taken, shares, 0);
        } catch (bytes memory reason) {
            return reason;
        }
        return "";
    }

    /// @dev {_trySettleDeposit} for a redemption.
    function _trySettleRedeem(Batch memory batch, StoredLpRequest storage request, uint256 amount)
        private
        returns (bytes memory)
    {
        try maker.settleRedeem(amount, request.minOutOrEnd, request.kind == LpRequestKind.RedeemInAsset) returns (
            uint256 burned, uint256 assets, uint256 quoteXCD
        ) {
            _recordSettlement(batch, request, burned, assets, quoteXCD);
        } catch (bytes memory reason) {
            return reason;
        }
        return "";
    }

    /// @dev Keeps the first reason, for a caller that settles nothing.
    function _recordFailure(Batch memory batch, bytes memory reason) private pure {
        if (batch.firstFailure.length == 0) batch.firstFailure = reason;
    }

    /// @dev Whether a failure returns the request: failures that its terms, its amount or the maker's capacity cause, and a
    /// price published with too wide a confidence interval, which waiting does not change. After any other failure the
    /// request stays open: disagreeing sources, a pause, an open gap, an unreadable price, a failed token transfer, a lack
    /// of gas. A keeper could wait for those or cause them (T28).
    function _returnsRequest(bytes memory reason) private pure returns (bool) {
        bytes4 selector = reason.toSelector();
        return selector == ILpVault.LessThanMinimum.selector || selector == ILpVault.LpDepositCapExceeded.selector
            || selector == IVault.DepositCapExceeded.selector || selector == ILpVault.NothingPayable.selector
            || selector == ILpVault.VaultInsolvent.selector || selector == ZeroAmount.selector
            || selector == AmountTooLarge.selector || selector == SafeCast.SafeCastOverflowedUintDowncast.selector
            || selector == SafeCast.SafeCastOverflowedIntDowncast.selector
            || selector == IMaker.BelowMinMarginRatio.selector || selector == IVault.InsufficientMargin.selector
            || selector == IVault.InsufficientMarketBalance.selector
            || selector == IPriceOracle.ConfidenceTooWide.selector || selector == ClaimsFull.selector;
    }

    /// @dev Closes a request whose part `met` was settled, and returns the rest.
    function _recordSettlement(
        Batch memory batch,
        StoredLpRequest storage request,
        uint256 met,
        uint256 output,
        uint256 quoteXCD
    ) private {
        (uint256 requestId, uint256 amount) = (batch.id, request.amount);
        (address controller, bool isDeposit) = (request.controller, request.isDeposit());
        if (met != amount) {
            bytes memory reason = abi.encodeWithSelector(MetInPart.selector, amount, met);
            _countReturn(requestId, controller, isDeposit, amount - met, reason);
        }
        _book(requestId, request, met, output, quoteXCD);
        emit RequestSettled(requestId, controller, isDeposit, met, output, quoteXCD, batch.price);
    }

    /// @dev Adds a settlement to the claims of its controller. The maker checks that outputs are at most {MAX_SETTLED}.
    function _book(uint256 requestId, StoredLpRequest storage request, uint256 met, uint256 output, uint256 quoteXCD)
        private
    {
        bool isDeposit = request.isDeposit();
        (uint32 round, uint112 end) = _placeFor(request.controller, isDeposit)
            .add(requestId.lowUint32(), isDeposit, met.toUint112(), output.toUint112(), quoteXCD.toUint112());
        request.settle(requestId, met.lowUint112(), round, end);
    }

    /// @dev Closes a request and returns all of it.
    function _return(uint256 requestId, StoredLpRequest storage request, bytes memory reason) private {
        _countReturn(requestId, request.controller, request.isDeposit(), request.giveBack(), reason);
    }

    function _countReturn(uint256 requestId, address controller, bool isDeposit, uint256 returned, bytes memory reason)
        private
    {
        _returnedTo[controller][isDeposit] += returned;
        emit RequestReturned(requestId, controller, returned, reason);
    }
}
