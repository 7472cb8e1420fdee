// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IERC7540Deposit, IERC7540Redeem} from "../../interfaces/IERC7540.sol";
import {IERC7887Deposit, IERC7887Redeem} from "../../interfaces/IERC7887.sol";
import {IKeeperErrors} from "../../interfaces/IKeeperErrors.sol";
import {ILockHolder} from "../../interfaces/ILockCallbacks.sol";
import {ILpModule} from "../../interfaces/ILpModule.sol";
import {ILpVault} from "../../interfaces/ILpVault.sol";
import {IMaker} from "../../interfaces/IMaker.sol";
import {IPriceOracle} from "../../interfaces/IPriceOracle.sol";
import {IVault} from "../../interfaces/IVault.sol";
import {Reverts} from "../../libraries/Reverts.sol";
import {Cast} from "../../types/Cast.sol";
import {
    FeedChangesBefore,
    LifetimeTooLong,
    NotEnoughGas,
    NotVault,
    ZeroAddress,
    ZeroAmount
} from "../../types/Errors.sol";
import {MAX_LIFETIME} from "../../types/Feed.sol";
import {LpRequest} from "../../types/LpRequest.sol";
import {AmountTooLarge, Price} from "../../types/Units.sol";
import {LpClaims} from "./LpClaims.sol";

/// @title The request vault of one maker: a queue of deposits and redemptions (ERC-7540)
/// @notice An LP commits to a deposit or a redemption before its price can be known. No account chooses the price: it is the
/// first one published at or after `executableAt`, at which any account can settle the request for a fee (T1, T15).
/// Requests settle first in, first out:
/// - a request that the maker can meet in part is settled in part, and the rest is returned;
/// - a request whose terms the maker cannot meet is returned whole, as is one that expired before its settlement;
/// - any other failure changes nothing and pays no fee (T28): the request stays open and keeps its place, while later
///   requests are settled.
/// @dev Pending and claimable tokens are held here, outside the maker's assets. On the maker this contract can only
/// deposit and withdraw for itself at the current price, and transfer shares for their holders' requests. It must be an
/// executor of the oracle.
contract LpRequestVault is IKeeperErrors, LpClaims, ILockHolder, IERC7887Deposit, IERC7887Redeem, Ownable2Step {
    using Cast for bytes;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev One storage word.
    struct Rules {
        /// @dev Seconds from the oracle's commitment time to `executableAt`: at least the chain's timestamp lag plus one
        /// price interval.
        uint32 delay;
        /// @dev Maximum seconds from `executableAt` to expiry. At most the oracle's age limit for execution prices, so that
        /// requests that can no longer settle do not block the queue.
        uint32 validity;
        /// @dev Minimum keeper fee of a request, wei.
        uint128 minKeeperFee;
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
        /// @dev `executableAt` of the price that the oracle carries; zero when it carries none.
        uint256 carriedFor;
        /// @dev That price, WAD quote per base.
        uint256 price;
        /// @dev Keeper fees earned so far, wei.
        uint256 keeperFees;
        /// @dev Unspent part of the attached value, wei.
        uint256 value;
    }

    event RulesSet(Rules rules);
    /// @notice The terms of a new request, beside {DepositRequest} or {RedeemRequest}.
    event RequestTerms(
        uint256 indexed requestId, uint256 minOut, uint256 executableAt, uint256 expiresAt, uint256 keeperFee
    );
    /// @notice A request, or the part that the maker could meet, can be claimed. `input` and `output` are assets and shares
    /// for a deposit, shares and assets for a redemption; `quoteXCD` is collateral paid in kind, `price` WAD quote per base.
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

    error InvalidRequestRules(Rules rules);
    error NotConfigured();
    error InvalidExpiry(uint256 expiresAt, uint256 earliest, uint256 latest);
    /// @notice The controller has no pending request of this id and kind.
    error NotPending(uint256 requestId, address controller);
    /// @notice The controller has no returned tokens to claim for this id and kind.
    error NothingReturned(uint256 requestId, address controller);
    error RequestNotExpired(uint256 timestamp, uint256 expiresAt);
    /// @notice No pending request is due, or the price update of the first due one is missing.
    error NothingToSettle(uint256 head, uint256 count);
    /// @notice Reason of a return: the request was not settled in time.
    error RequestExpired(uint256 timestamp, uint256 expiresAt);
    /// @notice Reason of a return: the maker could take or pay for a part only.
    error MetInPart(uint256 amount, uint256 met);

    /// @notice Gas that must be left before a call of the maker. More than any settlement needs, so that a lack of gas is
    /// never mistaken for a failure of the request (T28).
    uint256 public constant MIN_SETTLE_GAS = 1_000_000;

    IVault private immutable _vault;
    IPriceOracle public immutable oracle;
    uint256 public immutable marketId;

    /// @notice Number of requests created. Ids count from 1.
    uint256 public requestCount;
    /// @notice The oldest request that may still be pending. Later ones may be closed already.
    uint256 public head = 1;
    Rules private _rules;
    mapping(uint256 requestId => LpRequest request) private _requests;

    constructor(ILpModule maker_, address owner_) LpClaims(maker_) Ownable(owner_) {
        _vault = maker_.vault();
        oracle = _vault.oracle();
        marketId = maker_.marketId();
        _asset.forceApprove(address(maker_), type(uint256).max);
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets delay, validity and the minimum keeper fee. Existing requests keep their times and fees. Reverts with
    /// `LifetimeTooLong` when delay and validity together exceed {MAX_LIFETIME}.
    function setRules(Rules calldata rules_) external onlyOwner {
        if (rules_.delay == 0 || rules_.validity == 0) revert InvalidRequestRules(rules_);
        uint256 lifetime = uint256(rules_.delay) + rules_.validity;
        if (lifetime > MAX_LIFETIME) revert LifetimeTooLong(lifetime, MAX_LIFETIME);
        _rules = rules_;
        emit RulesSet(rules_);
    }

    // -------------------------------------------------------------------------------------------------- requests ----

    /// @inheritdoc IERC7540Deposit
    /// @dev Without a minimum and with the longest validity. The attached value becomes the keeper's fee.
    function requestDeposit(uint256 assets, address controller, address owner_) external payable returns (uint256) {
        return _requestDeposit(assets, controller, owner_, 0, 0);
    }

    /// @notice Requests a deposit. The request is returned unless it yields `minShares`; for a part that is settled,
    /// the minimum is scaled in proportion (T6).
    /// @param assets in the asset's own decimals, taken from `owner_` now
    /// @param controller the account that claims the shares, or the returned assets
    /// @param minShares WAD
    /// @param expiresAt seconds; zero for the longest validity. Reverts with `InvalidExpiry` for an expiry before
    /// `executableAt` or beyond the longest validity, and with `FeedChangesBefore` when the market's feed changes until then.
    function requestDeposit(uint256 assets, address controller, address owner_, uint256 minShares, uint256 expiresAt)
        external
        payable
        returns (uint256 requestId)
    {
        return _requestDeposit(assets, controller, owner_, minShares, expiresAt);
    }

    /// @inheritdoc ILockHolder
    /// @dev Takes the assets of a new request.
    function onLock(bytes calldata data) external {
        if (msg.sender != address(_vault)) revert NotVault(msg.sender, address(_vault));
        (address owner_, uint256 assets) = abi.decode(data, (address, uint256));
        _asset.safeTransferFrom(owner_, address(this), assets);
    }

    /// @inheritdoc IERC7540Redeem
    /// @dev Without a minimum and with the longest validity. The attached value becomes the keeper's fee.
    function requestRedeem(uint256 shares, address controller, address owner_) external payable returns (uint256) {
        return _requestRedeem(shares, controller, owner_, 0, 0);
    }

    /// @notice Requests a redemption. The request is returned unless it pays `minAssets`; for a part that is settled,
    /// the minimum is scaled in proportion (T6). Collateral paid in kind counts at the price of the settlement.
    /// @param shares WAD, taken from `owner_` now
    /// @param controller the account that claims the assets, or the returned shares
    /// @param minAssets in the asset's own decimals
    /// @param expiresAt seconds; zero for the longest validity. Reverts with `InvalidExpiry` for an expiry before
    /// `executableAt` or beyond the longest validity.
    function requestRedeem(uint256 shares, address controller, address owner_, uint256 minAssets, uint256 expiresAt)
        external
        payable
        returns (uint256 requestId)
    {
        return _requestRedeem(shares, controller, owner_, minAssets, expiresAt);
    }

    /// @inheritdoc IERC7887Deposit
    /// @dev After expiry only, because the price may be known earlier. Pays the keeper fee to the caller.
    function cancelDepositRequest(uint256 requestId, address controller) external {
        emit CancelDepositRequest(controller, requestId, msg.sender);
        _cancel(requestId, controller, true);
    }

    /// @inheritdoc IERC7887Redeem
    /// @dev After expiry only, because the price may be known earlier. Pays the keeper fee to the caller.
    function cancelRedeemRequest(uint256 requestId, address controller) external {
        emit CancelRedeemRequest(controller, requestId, msg.sender);
        _cancel(requestId, controller, false);
    }

    /// @inheritdoc IERC7887Deposit
    /// @dev For all returned assets, cancelled by the controller or not.
    function claimCancelDepositRequest(uint256 requestId, address receiver, address controller) external {
        uint256 assets = _takeReturned(requestId, receiver, controller, true);
        emit CancelDepositClaim(controller, receiver, requestId, msg.sender, assets);
        _asset.safeTransfer(receiver, assets);
    }

    /// @inheritdoc IERC7887Redeem
    /// @dev For all returned shares, cancelled by the controller or not.
    function claimCancelRedeemRequest(uint256 requestId, address receiver, address controller) external {
        uint256 shares = _takeReturned(requestId, receiver, controller, false);
        emit CancelRedeemClaim(controller, receiver, requestId, msg.sender, shares);
        IERC20(maker).safeTransfer(receiver, shares);
    }

    // ------------------------------------------------------------------------------------------------------ keeper ----

    /// @notice Settles requests in their order, returns expired ones, and pays the caller the keeper fees in escrow. A
    /// request stays open, with its place and its price, when the maker reverts for a reason that neither the request's
    /// terms nor the maker's capacity cause. Stops at the first request that is not due, or whose price update is
    /// missing or rejected. Reverts when it settled and returned no request and {head} did not advance, with the first
    /// of these reasons if there is one.
    /// @param updates the first price update published at or after each different `executableAt` of the pending requests, in
    /// their order
    /// @param maxRequests number of requests to read from {head} on, closed ones included
    /// @dev The attached value pays the source's fees, and the rest returns to the caller. Without attached value the oracle
    /// pays them out of its own balance.
    /// @return settled number of requests settled or returned
    function settle(bytes[][] calldata updates, uint256 maxRequests) external payable returns (uint256 settled) {
        address holder = _vault.lockHolder();
        if (holder != address(0)) revert IVault.Locked(holder);
        uint256 first = head;
        uint256 newHead = first;
        uint256 last = Math.min(requestCount, Math.saturatingAdd(first, maxRequests) - 1);
        Batch memory batch;
        batch.value = msg.value;
        for (batch.id = first; batch.id <= last && _advance(batch, updates); ++batch.id) {
            if (newHead == batch.id && _requests[newHead].isClosed) ++newHead;
        }
        // The calls of the loop move tokens under the lock only, and this function requires the lock to be free: no call
        // re-enters the queue before `head` is written.
        if (batch.carriedFor != 0) oracle.endExecution();
        if (newHead != first) {
            head = newHead;
        } else if (batch.settled == 0) {
            if (batch.firstFailure.length != 0) Reverts.bubble(batch.firstFailure);
            revert NothingToSettle(first, requestCount);
        }
        uint256 payment = batch.keeperFees + batch.value;
        if (payment != 0) Address.sendValue(payable(msg.sender), payment);
        return batch.settled;
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    function rules() external view returns (Rules memory) {
        return _rules;
    }

    function requestOf(uint256 requestId) external view returns (LpRequest memory) {
        return _requests[requestId];
    }

    /// @inheritdoc IERC7540Deposit
    function pendingDepositRequest(uint256 requestId, address controller) external view returns (uint256 assets) {
        return _pending(requestId, controller, true);
    }

    /// @inheritdoc IERC7540Redeem
    function pendingRedeemRequest(uint256 requestId, address controller) external view returns (uint256 shares) {
        return _pending(requestId, controller, false);
    }

    /// @inheritdoc IERC7540Deposit
    function claimableDepositRequest(uint256 requestId, address controller) external view returns (uint256 assets) {
        return _claimable(requestId, controller, true);
    }

    /// @inheritdoc IERC7540Redeem
    function claimableRedeemRequest(uint256 requestId, address controller) external view returns (uint256 shares) {
        return _claimable(requestId, controller, false);
    }

    /// @inheritdoc IERC7887Deposit
    function claimableCancelDepositRequest(uint256 requestId, address controller) external view returns (uint256) {
        return _returned(requestId, controller, true);
    }

    /// @inheritdoc IERC7887Redeem
    function claimableCancelRedeemRequest(uint256 requestId, address controller) external view returns (uint256) {
        return _returned(requestId, controller, false);
    }

    /// @inheritdoc IERC7887Deposit
    /// @dev Cancelling is immediate.
    function pendingCancelDepositRequest(uint256, address) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IERC7887Redeem
    /// @dev Cancelling is immediate.
    function pendingCancelRedeemRequest(uint256, address) external pure returns (bool) {
        return false;
    }

    // --------------------------------------------------------------------------------------- internal: requests ----

    function _requestDeposit(uint256 assets, address controller, address owner_, uint256 minShares, uint256 expiresAt)
        private
        returns (uint256 requestId)
    {
        if (assets == 0) revert ZeroAmount();
        _checkOperator(owner_);
        uint256 balanceBefore = _asset.balanceOf(address(this));
        // Under the lock, so that no other transfer counts as part of the arriving amount (T13).
        _vault.withLock(abi.encode(owner_, assets));
        uint256 received = _asset.balanceOf(address(this)) - balanceBefore;
        if (received == 0) revert ZeroAmount();
        requestId = _create(controller, true, received, minShares, expiresAt);
        emit DepositRequest(controller, owner_, requestId, msg.sender, received);
    }

    function _requestRedeem(uint256 shares, address controller, address owner_, uint256 minAssets, uint256 expiresAt)
        private
        returns (uint256 requestId)
    {
        if (shares == 0) revert ZeroAmount();
        // An operator acts as the owner. Any other caller needs the owner's allowance of shares.
        maker.takeShares(owner_, isOperator[owner_][msg.sender] ? owner_ : msg.sender, shares);
        requestId = _create(controller, false, shares, minAssets, expiresAt);
        emit RedeemRequest(controller, owner_, requestId, msg.sender, shares);
    }

    function _create(address controller, bool isDeposit, uint256 amount, uint256 minOut, uint256 expiresAt)
        private
        returns (uint256 requestId)
    {
        Rules memory r = _rules;
        if (r.delay == 0) revert NotConfigured();
        if (controller == address(0)) revert ZeroAddress();
        if (msg.value < r.minKeeperFee) revert KeeperFeeTooLow(msg.value, r.minKeeperFee);
        requestId = ++requestCount;
        // Never before that of an older request, even after the owner has shortened the delay.
        uint256 executableAt =
            Math.max(oracle.commitmentTime(marketId) + r.delay, _requests[requestId - 1].executableAt);
        uint256 latest = executableAt + r.validity;
        if (expiresAt == 0) expiresAt = latest;
        if (expiresAt < executableAt || expiresAt > latest) revert InvalidExpiry(expiresAt, executableAt, latest);
        uint256 changeAt = oracle.nextFeedChangeAt(marketId);
        if (changeAt != 0 && expiresAt >= changeAt) revert FeedChangesBefore(expiresAt, changeAt);

        LpRequest storage request = _requests[requestId];
        request.controller = controller;
        request.executableAt = executableAt.toUint40();
        request.expiresAt = expiresAt.toUint40();
        request.isDeposit = isDeposit;
        request.amount = amount.toUint128();
        request.minOut = minOut.toUint128();
        request.keeperFee = msg.value.toUint128();
        emit RequestTerms(requestId, minOut, executableAt, expiresAt, msg.value);
    }

    function _cancel(uint256 requestId, address controller, bool isDeposit) private {
        _checkOperator(controller);
        if (_pending(requestId, controller, isDeposit) == 0) revert NotPending(requestId, controller);
        LpRequest storage request = _requests[requestId];
        if (block.timestamp <= request.expiresAt) revert RequestNotExpired(block.timestamp, request.expiresAt);
        uint256 fee = _returnExpired(requestId, request);
        if (fee != 0) Address.sendValue(payable(msg.sender), fee);
    }

    function _takeReturned(uint256 requestId, address receiver, address controller, bool isDeposit)
        private
        returns (uint256 amount)
    {
        _checkReceiver(receiver);
        _checkOperator(controller);
        amount = _returned(requestId, controller, isDeposit);
        if (amount == 0) revert NothingReturned(requestId, controller);
        _requests[requestId].returned = 0;
    }

    // ------------------------------------------------------------------------------------- internal: settlement ----

    /// @dev Processes one request.
    /// @return whether to continue with the next one
    function _advance(Batch memory batch, bytes[][] calldata updates) private returns (bool) {
        LpRequest storage request = _requests[batch.id];
        if (request.isClosed) return true;
        if (block.timestamp > request.expiresAt) {
            batch.keeperFees += _returnExpired(batch.id, request);
            ++batch.settled;
            return true;
        }
        if (block.timestamp < request.executableAt) return false;
        if (batch.carriedFor != request.executableAt && !_carryPrice(batch, updates, request)) return false;
        if (gasleft() < MIN_SETTLE_GAS) {
            _recordFailure(batch, abi.encodeWithSelector(NotEnoughGas.selector, gasleft(), MIN_SETTLE_GAS));
            return false;
        }
        _settle(batch, request);
        return true;
    }

    /// @dev Makes the request's price the oracle's execution price, for all requests of the same `executableAt`.
    /// @return false when the update is missing, rejected or not paid for
    function _carryPrice(Batch memory batch, bytes[][] calldata updates, LpRequest storage request)
        private
        returns (bool)
    {
        if (batch.carriedFor != 0) oracle.endExecution();
        batch.carriedFor = 0;
        if (batch.updatesUsed == updates.length) return false;
        bytes[] calldata update = updates[batch.updatesUsed];
        uint256 sourceFee = msg.value == 0 ? 0 : oracle.executionFeeAt(marketId, update, request.executableAt);
        if (batch.value < sourceFee) {
            _recordFailure(batch, abi.encodeWithSelector(SourceFeeTooLow.selector, batch.value, sourceFee));
            return false;
        }
        try oracle.beginExecution{value: sourceFee}(marketId, update, request.executableAt, request.expiresAt) returns (
            Price price
        ) {
            batch.price = price.unwrap();
        } catch (bytes memory reason) {
            _recordFailure(batch, reason);
            return false;
        }
        batch.value -= sourceFee;
        ++batch.updatesUsed;
        batch.carriedFor = request.executableAt;
        return true;
    }

    /// @dev Settles a request at the carried price, or returns it where its terms or the maker's capacity prevent that: the
    /// request can never have another price. After any other failure it stays open.
    function _settle(Batch memory batch, LpRequest storage request) private {
        (uint256 amount, uint256 minOut, uint256 fee) = (request.amount, request.minOut, request.keeperFee);
        bytes memory reason;
        // The maker moves tokens under the lock only, during which {settle} reverts. The request is open and cannot be
        // cancelled before its expiry.
        if (request.isDeposit) {
            try maker.settleDeposit(amount, minOut) returns (uint256 taken, uint256 shares) {
                _recordSettlement(batch.id, request, taken, shares, 0, batch.price);
            } catch (bytes memory firstFailure) {
                reason = firstFailure;
            }
        } else {
            try maker.settleRedeem(amount, minOut) returns (uint256 burned, uint256 assets, uint256 quoteXCD) {
                _recordSettlement(batch.id, request, burned, assets, quoteXCD, batch.price);
            } catch (bytes memory firstFailure) {
                reason = firstFailure;
            }
        }
        if (!request.isClosed) {
            if (!_returnsRequest(reason)) return _recordFailure(batch, reason);
            _return(batch.id, request, amount, reason);
        }
        batch.keeperFees += fee;
        ++batch.settled;
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
            || selector == IPriceOracle.ConfidenceTooWide.selector;
    }

    /// @dev Closes a request whose part `met` was settled, and returns the rest.
    function _recordSettlement(
        uint256 requestId,
        LpRequest storage request,
        uint256 met,
        uint256 output,
        uint256 quoteXCD,
        uint256 price
    ) private {
        uint256 amount = request.amount;
        (address controller, bool isDeposit) = (request.controller, request.isDeposit);
        if (met != amount) {
            _return(requestId, request, amount - met, abi.encodeWithSelector(MetInPart.selector, amount, met));
            request.amount = met.toUint128();
        }
        request.isClosed = true;
        request.keeperFee = 0;
        request.claimEnd = _claims[controller][isDeposit].add(met.toUint128(), output.toUint128(), quoteXCD.toUint128());
        emit RequestSettled(requestId, controller, isDeposit, met, output, quoteXCD, price);
    }

    /// @dev Closes a request and returns `returned` of it.
    function _return(uint256 requestId, LpRequest storage request, uint256 returned, bytes memory reason) private {
        request.isClosed = true;
        request.amount = 0;
        request.keeperFee = 0;
        request.returned = returned.toUint128();
        emit RequestReturned(requestId, request.controller, returned, reason);
    }

    /// @return fee of the keeper in escrow, wei
    function _returnExpired(uint256 requestId, LpRequest storage request) private returns (uint256 fee) {
        fee = request.keeperFee;
        bytes memory reason =
            abi.encodeWithSelector(RequestExpired.selector, block.timestamp, uint256(request.expiresAt));
        _return(requestId, request, request.amount, reason);
    }

    // ------------------------------------------------------------------------------------------ internal: views ----

    function _isOf(LpRequest storage request, address controller, bool isDeposit) private view returns (bool) {
        return request.controller == controller && request.isDeposit == isDeposit;
    }

    function _pending(uint256 requestId, address controller, bool isDeposit) private view returns (uint256) {
        LpRequest storage request = _requests[requestId];
        return _isOf(request, controller, isDeposit) && !request.isClosed ? request.amount : 0;
    }

    function _claimable(uint256 requestId, address controller, bool isDeposit) private view returns (uint256) {
        LpRequest storage request = _requests[requestId];
        if (!_isOf(request, controller, isDeposit) || !request.isClosed) return 0;
        return _claims[controller][isDeposit].openPart(request.claimEnd, request.amount);
    }

    function _returned(uint256 requestId, address controller, bool isDeposit) private view returns (uint256) {
        LpRequest storage request = _requests[requestId];
        return _isOf(request, controller, isDeposit) ? request.returned : 0;
    }
}
