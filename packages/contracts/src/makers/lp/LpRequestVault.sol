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
import {IDepositCapFollower} from "../../interfaces/IDepositCapFollower.sol";
import {ILpModule} from "../../interfaces/ILpModule.sol";
import {ILpVault} from "../../interfaces/ILpVault.sol";
import {IOrderTimes, IOrderTimesFollower} from "../../interfaces/IOrderTimes.sol";
import {IMaker} from "../../interfaces/IMaker.sol";
import {IPriceOracle} from "../../interfaces/IPriceOracle.sol";
import {IVault} from "../../interfaces/IVault.sol";
import {Reverts} from "../../libraries/Reverts.sol";
import {Cast} from "../../types/Cast.sol";
import {FeedChangesBefore, NotEnoughGas, NotVault, ZeroAddress, ZeroAmount} from "../../types/Errors.sol";
import {
    EXIT_NOTICE_TIME,
    LpRequest,
    LpRequestKind,
    MAX_KEEPER_FEE,
    MAX_REQUESTED,
    MAX_REQUEST_ID,
    MAX_SETTLED,
    StoredLpRequest
} from "../../types/LpRequest.sol";
import {AmountTooLarge, PPM, Price} from "../../types/Units.sol";
import {LpClaims} from "./LpClaims.sol";

/// @title The request vault of one maker: a queue of deposits and redemptions (ERC-7540)
/// @notice An LP commits to a deposit or a redemption before its price can be known. No account chooses the price: it is the
/// first one published at or after `executableAt`, at which any account can settle the request for a fee (T1, T15).
/// Requests settle first in, first out:
/// - a request that the maker can meet in part is settled in part, and the rest is returned;
/// - a request whose terms the maker cannot meet is returned whole, as is one that expired before its settlement, and one
///   whose only price is too old (T55);
/// - any other failure changes nothing and pays no fee (T28): the request stays open and keeps its place, while later
///   requests are settled.
/// A redemption from a flat maker needs no price (T54).
/// @dev Pending and claimable tokens are held here, outside the maker's assets. On the maker this contract can only
/// deposit and withdraw for itself at the current price, and transfer shares for their holders' requests. It must be an
/// executor of the oracle.
contract LpRequestVault is
    IKeeperErrors,
    LpClaims,
    ILockHolder,
    IOrderTimesFollower,
    IDepositCapFollower,
    Ownable2Step
{
    using Cast for *;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    struct Rules {
        /// @dev Seconds from the oracle's commitment time to `executableAt`: at least the chain's timestamp lag plus one
        /// price interval, and the delay of the market's order gateways; at most {MAX_DELAY}.
        uint32 delay;
        /// @dev Maximum seconds from `executableAt` to expiry. With `delay` at least the life of the market's orders; at most
        /// {MAX_VALIDITY} and the oracle's age limit for execution prices, so that the price of a request never becomes too
        /// old.
        uint32 validity;
        /// @dev Minimum keeper fee of a request, wei; at most {MAX_MIN_KEEPER_FEE}.
        uint128 minKeeperFee;
    }

    /// @dev {Rules} and the state of the queue, in one word.
    struct Queue {
        uint16 delay;
        uint16 validity;
        /// @dev The longest life of an order of the market from its creation to its expiry, seconds.
        uint32 orderLifetime;
        uint64 minKeeperFee;
        /// @dev Number of requests created. Ids count from 1.
        uint32 count;
        uint32 head;
        /// @dev `executableAt` of the last request, seconds.
        uint32 lastExecutableAt;
        /// @dev Whether the maker has a deposit cap.
        bool isCapped;
    }

    /// @dev The terms of a new request beside its amount and parties.
    struct Terms {
        /// @dev WAD shares for a deposit, the asset's own decimals for a redemption.
        uint256 minOut;
        /// @dev Seconds; zero for the longest validity.
        uint256 expiresAt;
        /// @dev {defaultMinimum} in place of `minOut`.
        bool hasDefaultMinimum;
        LpRequestKind kind;
    }

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

    event RulesSet(Rules rules);
    event GatewaysSet(IOrderTimes[] gateways);
    /// @notice Longest life of an order of the market from its creation, seconds. Requests live no shorter.
    event OrderLifetimeNoted(uint256 orderLifetime);
    /// @notice The terms of a new request, beside {DepositRequest} or {RedeemRequest}.
    event RequestTerms(
        uint256 indexed requestId, uint256 minOut, uint256 executableAt, uint256 expiresAt, uint256 keeperFee
    );
    /// @notice The redemption pays in the asset only. Emitted for base vaults.
    event AssetOnlyRequested(uint256 indexed requestId);
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

    error RequestRuleOutOfRange(uint256 value, uint256 min, uint256 max);
    error GatewayCountOutOfRange(uint256 count, uint256 min, uint256 max);
    /// @notice Requests would wait for less time than orders (T59). Seconds.
    error DelayBelowOrders(uint256 delay, address gateway, uint256 orderDelay);
    /// @notice Requests would expire earlier than orders of the same moment (T59). Seconds.
    error LifetimeBelowOrders(uint256 lifetime, address gateway, uint256 orderLifetime);
    /// @notice An order of the gateway would outlive the notice of an exit in kind (T59). Seconds.
    error OrdersOutliveExitNotice(address gateway, uint256 orderLifetime, uint256 exitNotice);
    /// @notice Rules or gateways are not set.
    error NotConfigured();
    error InvalidExpiry(uint256 expiresAt, uint256 earliest, uint256 latest);
    /// @notice The controller has no pending request of this id and kind.
    error NotPending(uint256 requestId, address controller);
    /// @notice The controller has no returned tokens to claim for this id and kind.
    error NothingReturned(uint256 requestId, address controller);
    error RequestNotExpired(uint256 timestamp, uint256 expiresAt);
    error RequestNotDue(uint256 timestamp, uint256 executableAt);
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
    /// @notice Seconds. Together with the oracle's {MAX_CLOCK_LAG}, a request can be cancelled three hours after its creation
    /// at the latest, under any rules.
    uint256 public constant MAX_DELAY = 1 hours;
    uint256 public constant MAX_VALIDITY = 1 hours;
    /// @notice Wei.
    uint256 public constant MAX_MIN_KEEPER_FEE = 1 ether;
    uint256 public constant MAX_GATEWAYS = 8;
    /// @notice After this number of failed attempts for deposits, or for redemptions, a call attempts no more of the same
    /// kind: keepers are not paid for them, and their reasons concern all requests of the kind (T62).
    uint256 public constant MAX_FAILED_ATTEMPTS = 2;
    /// @notice Ppm; distance of {defaultMinimum} from the result of a settlement now.
    uint256 public constant DEFAULT_TOLERANCE = 10_000;

    IVault private immutable _vault;
    IPriceOracle public immutable oracle;
    uint256 public immutable marketId;

    Queue private _queue;
    IOrderTimes[] private _gateways;
    mapping(uint256 requestId => StoredLpRequest request) private _requests;
    /// @dev Returned inputs that were not claimed.
    mapping(address controller => mapping(bool isDeposit => uint256 amount)) private _returnedTo;

    constructor(ILpModule maker_, address owner_) LpClaims(maker_) Ownable(owner_) {
        _vault = maker_.vault();
        oracle = _vault.oracle();
        marketId = maker_.marketId();
        _queue.head = 1;
        _asset.forceApprove(address(maker_), type(uint256).max);
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets delay, validity and the minimum keeper fee. Existing requests keep their times and fees. Reverts with
    /// `RequestRuleOutOfRange`, and with the errors of {noteOrderTimes}.
    function setRules(Rules calldata rules_) external onlyOwner {
        _checkRange(rules_.delay, 1, MAX_DELAY);
        _checkRange(rules_.validity, 1, Math.min(MAX_VALIDITY, oracle.executionAgeOf(marketId)));
        _checkRange(rules_.minKeeperFee, 0, MAX_MIN_KEEPER_FEE);
        (_queue.delay, _queue.validity) = (uint256(rules_.delay).toUint16(), uint256(rules_.validity).toUint16());
        _queue.minKeeperFee = uint256(rules_.minKeeperFee).toUint64();
        emit RulesSet(rules_);
        noteOrderTimes();
    }

    /// @notice Names all gateways whose orders of this market are visible before they execute, at most {MAX_GATEWAYS}. Reverts
    /// with `GatewayCountOutOfRange`, and with the errors of {noteOrderTimes}.
    function setGateways(IOrderTimes[] calldata gateways_) external onlyOwner {
        if (gateways_.length == 0 || gateways_.length > MAX_GATEWAYS) {
            revert GatewayCountOutOfRange(gateways_.length, 1, MAX_GATEWAYS);
        }
        _gateways = gateways_;
        emit GatewaysSet(gateways_);
        noteOrderTimes();
    }

    /// @inheritdoc IOrderTimesFollower
    function noteOrderTimes() public {
        uint256 delay = _queue.delay;
        uint256 orderLifetime;
        for (uint256 i = 0; i < _gateways.length; ++i) {
            IOrderTimes orderGateway = _gateways[i];
            (uint256 orderDelay, uint256 orderValidity) = orderGateway.orderTimesOf(marketId);
            uint256 lifetime = orderDelay + orderValidity;
            if (lifetime > EXIT_NOTICE_TIME) {
                revert OrdersOutliveExitNotice(address(orderGateway), lifetime, EXIT_NOTICE_TIME);
            }
            orderLifetime = Math.max(orderLifetime, lifetime);
            // Without rules there are no requests.
            if (delay == 0) continue;
            if (delay < orderDelay) revert DelayBelowOrders(delay, address(orderGateway), orderDelay);
            if (delay + _queue.validity < lifetime) {
                revert LifetimeBelowOrders(delay + _queue.validity, address(orderGateway), lifetime);
            }
        }
        _queue.orderLifetime = orderLifetime.toUint32();
        emit OrderLifetimeNoted(orderLifetime);
    }

    /// @inheritdoc IDepositCapFollower
    function noteDepositCap() external {
        _queue.isCapped = maker.lpRules().depositCap != type(uint128).max;
    }

    // -------------------------------------------------------------------------------------------------- requests ----

    /// @inheritdoc IERC7540Deposit
    /// @dev With {defaultMinimum} and the longest validity. The attached value becomes the keeper's fee. Reverts with
    /// `LpDepositCapExceeded` for more than the deposit cap admits at the last stored price.
    function requestDeposit(uint256 assets, address controller, address owner_) external payable returns (uint256) {
        return _requestDeposit(assets, controller, owner_, Terms(0, 0, true, LpRequestKind.Deposit));
    }

    /// @notice Requests a deposit. The request is returned unless it yields `minShares`; for a part that is settled,
    /// the minimum is scaled in proportion (T6).
    /// @param assets in the asset's own decimals, taken from `owner_` now
    /// @param controller the account that claims the shares, or the returned assets
    /// @param minShares WAD
    /// @param expiresAt seconds; zero for the longest validity. Reverts with `InvalidExpiry` for an expiry before
    /// `executableAt`, before that of an order of the same moment (T59), or beyond the longest validity, and with
    /// `FeedChangesBefore` when the market's feed changes until then.
    function requestDeposit(uint256 assets, address controller, address owner_, uint256 minShares, uint256 expiresAt)
        external
        payable
        returns (uint256 requestId)
    {
        return _requestDeposit(assets, controller, owner_, Terms(minShares, expiresAt, false, LpRequestKind.Deposit));
    }

    /// @inheritdoc ILockHolder
    /// @dev Takes the assets of a new request.
    function onVaultLock(bytes calldata data) external {
        if (msg.sender != address(_vault)) revert NotVault(msg.sender, address(_vault));
        (address owner_, uint256 assets) = abi.decode(data, (address, uint256));
        _asset.safeTransferFrom(owner_, address(this), assets);
    }

    /// @inheritdoc IERC7540Redeem
    /// @dev With {defaultMinimum} and the longest validity. The attached value becomes the keeper's fee.
    function requestRedeem(uint256 shares, address controller, address owner_) external payable returns (uint256) {
        return _requestRedeem(shares, controller, owner_, Terms(0, 0, true, LpRequestKind.Redeem));
    }

    /// @notice Requests a redemption. The request is returned unless it pays `minAssets`; for a part that is settled,
    /// the minimum is scaled in proportion (T6). Collateral paid in kind counts at the price of the settlement.
    /// @param shares WAD, taken from `owner_` now
    /// @param controller the account that claims the assets, or the returned shares
    /// @param minAssets in the asset's own decimals
    /// @param expiresAt seconds; zero for the longest validity. Reverts with `InvalidExpiry` for an expiry before
    /// `executableAt`, before that of an order of the same moment (T59), or beyond the longest validity.
    function requestRedeem(uint256 shares, address controller, address owner_, uint256 minAssets, uint256 expiresAt)
        external
        payable
        returns (uint256 requestId)
    {
        return _requestRedeem(shares, controller, owner_, Terms(minAssets, expiresAt, false, LpRequestKind.Redeem));
    }

    /// @notice {requestRedeem} with payment in the asset only: a flat base vault that holds collateral pays as it does with a
    /// position, in base at the price of the settlement, as far as its base suffices. Such a redemption needs a price.
    function requestRedeemInAsset(
        uint256 shares,
        address controller,
        address owner_,
        uint256 minAssets,
        uint256 expiresAt
    ) external payable returns (uint256 requestId) {
        return _requestRedeem(
            shares, controller, owner_, Terms(minAssets, expiresAt, false, LpRequestKind.RedeemInAsset)
        );
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
    function claimCancelDepositRequest(uint256 requestId, address receiver, address controller)
        external
        returns (uint256 assets)
    {
        _checkReceiver(receiver);
        _checkOperator(controller);
        return _payReturned(requestId, receiver, controller, true);
    }

    /// @inheritdoc IERC7887Redeem
    /// @dev For all returned shares, cancelled by the controller or not.
    function claimCancelRedeemRequest(uint256 requestId, address receiver, address controller)
        external
        returns (uint256 shares)
    {
        _checkReceiver(receiver);
        _checkOperator(controller);
        return _payReturned(requestId, receiver, controller, false);
    }

    /// @notice Transfers the returned tokens of a request to its controller. Any account can call it. Reverts with
    /// `NothingReturned`.
    /// @return amount assets of a deposit request, shares of a redemption request
    function pushReturned(uint256 requestId) external returns (uint256 amount) {
        StoredLpRequest storage request = _requests[requestId];
        address controller = request.controller;
        return _payReturned(requestId, controller, controller, request.isDeposit());
    }

    // ------------------------------------------------------------------------------------------------------ keeper ----

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

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice Number of requests created. Ids count from 1.
    function requestCount() external view returns (uint256) {
        return _queue.count;
    }

    /// @notice The oldest request that may still be pending. Later ones may be closed already.
    function head() external view returns (uint256) {
        return _queue.head;
    }

    function rules() external view returns (Rules memory) {
        return Rules(_queue.delay, _queue.validity, _queue.minKeeperFee);
    }

    /// @notice Least time from the creation of a request to its expiry: the life of the market's orders, seconds.
    function minLifetime() external view returns (uint256) {
        return _queue.orderLifetime;
    }

    function gateways() external view returns (IOrderTimes[] memory) {
        return _gateways;
    }

    /// @notice Returned tokens that the controller can claim, of all its requests: assets in their own decimals, shares WAD.
    function returnedOf(address controller) external view returns (uint256 assets, uint256 shares) {
        return (_returnedTo[controller][true], _returnedTo[controller][false]);
    }

    /// @notice The minimum of a request without one: {DEFAULT_TOLERANCE} below the result of its settlement now, and zero while
    /// that reverts, for lack of a price or of capacity, or includes collateral.
    /// @param amount own decimals for a deposit, WAD shares for a redemption
    /// @param isAssetOnly for a redemption that pays in the asset only
    /// @return minOut WAD shares for a deposit, own decimals for a redemption
    function defaultMinimum(bool isDeposit, uint256 amount, bool isAssetOnly) public view returns (uint256 minOut) {
        // A flat base vault pays without a price, but not a request with a minimum.
        try oracle.getPrice(marketId) {}
        catch {
            return 0;
        }
        try maker.quoteSettlement(isDeposit, amount, 0, isAssetOnly) returns (
            uint256 met, uint256 output, uint256 quoteXCD
        ) {
            if (quoteXCD != 0) return 0;
            minOut = Math.mulDiv(output, PPM - DEFAULT_TOLERANCE, PPM);
            if (met != amount) minOut = Math.mulDiv(minOut, amount, met);
            minOut = Math.min(minOut, MAX_SETTLED);
        } catch {}
    }

    /// @notice Whether a request would settle now, at the stored price in place of its own, and why not. The request's own
    /// price may differ.
    /// @return settlesNow at least in part
    /// @return reason encoded error; empty for a request that would settle
    /// @return latestAt seconds; from the next second on the request is returned by the first call. Zero for a closed request
    function settlementOf(uint256 requestId)
        external
        view
        returns (bool settlesNow, bytes memory reason, uint256 latestAt)
    {
        StoredLpRequest storage stored = _requests[requestId];
        LpRequest memory request = stored.load();
        if (request.controller == address(0) || request.isClosed) {
            return (false, abi.encodeWithSelector(NotPending.selector, requestId, request.controller), 0);
        }
        latestAt = request.expiresAt;
        if (block.timestamp > latestAt) {
            reason = abi.encodeWithSelector(RequestExpired.selector, block.timestamp, latestAt);
        } else if (block.timestamp < request.executableAt) {
            reason = abi.encodeWithSelector(RequestNotDue.selector, block.timestamp, uint256(request.executableAt));
        } else if (!_hasRoom(stored)) {
            reason = abi.encodeWithSelector(ClaimsFull.selector, request.controller);
        } else {
            try maker.quoteSettlement(request.isDeposit, request.amount, request.minOut, request.isAssetOnly) {
                settlesNow = true;
            } catch (bytes memory failure) {
                reason = failure;
            }
        }
    }

    function requestOf(uint256 requestId) external view returns (LpRequest memory) {
        return _requests[requestId].load();
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

    // --------------------------------------------------------------------------------------- internal: requests ----

    function _requestDeposit(uint256 assets, address controller, address owner_, Terms memory terms)
        private
        returns (uint256 requestId)
    {
        if (assets == 0) revert ZeroAmount();
        _checkOperator(owner_);
        _checkCap(assets);
        uint256 balanceBefore = _asset.balanceOf(address(this));
        // Under the lock, so that no other transfer counts as part of the arriving amount (T13).
        _vault.withLockHeld(abi.encode(owner_, assets));
        uint256 received = _asset.balanceOf(address(this)) - balanceBefore;
        if (received == 0) revert ZeroAmount();
        requestId = _create(controller, received, terms);
        emit DepositRequest(controller, owner_, requestId, msg.sender, received);
    }

    /// @dev Reverts for a deposit beyond the maker's cap, as far as that can be read: at the last stored price.
    function _checkCap(uint256 assets) private view {
        if (!_queue.isCapped) return;
        uint256 cap = maker.lpRules().depositCap;
        try maker.lastValuation() returns (int256 total, uint256) {
            uint256 room = Math.saturatingSub(cap, Math.ceilDiv(total.positivePart(), _assetScale));
            if (assets > room) revert ILpVault.LpDepositCapExceeded(assets, room);
        } catch {}
    }

    function _requestRedeem(uint256 shares, address controller, address owner_, Terms memory terms)
        private
        returns (uint256 requestId)
    {
        if (shares == 0) revert ZeroAmount();
        // An operator acts as the owner. Any other caller needs the owner's allowance of shares.
        maker.takeShares(owner_, isOperator[owner_][msg.sender] ? owner_ : msg.sender, shares);
        requestId = _create(controller, shares, terms);
        emit RedeemRequest(controller, owner_, requestId, msg.sender, shares);
    }

    function _create(address controller, uint256 amount, Terms memory terms) private returns (uint256 requestId) {
        Queue memory q = _queue;
        if (q.delay == 0 || q.orderLifetime == 0) revert NotConfigured();
        if (controller == address(0)) revert ZeroAddress();
        if (msg.value < q.minKeeperFee) revert KeeperFeeTooLow(msg.value, q.minKeeperFee);
        // Other makers pay in their asset only.
        if (terms.kind == LpRequestKind.RedeemInAsset && !_paysInKind()) terms.kind = LpRequestKind.Redeem;
        if (terms.hasDefaultMinimum) {
            bool isAssetOnly = terms.kind == LpRequestKind.RedeemInAsset;
            terms.minOut = defaultMinimum(terms.kind == LpRequestKind.Deposit, amount, isAssetOnly);
        }
        (uint256 executableAt, uint256 expiresAt) = _times(q, terms.expiresAt);
        requestId = _checked(q.count + 1, MAX_REQUEST_ID);
        q.count = requestId.lowUint32();
        q.lastExecutableAt = executableAt.toUint32();
        _queue = q;
        StoredLpRequest storage request = _requests[requestId];
        request.controller = controller;
        request.executableAt = q.lastExecutableAt;
        request.feeOrRound = _checked(msg.value, MAX_KEEPER_FEE).lowUint64();
        request.amount = _checked(amount, MAX_REQUESTED).lowUint112();
        request.minOutOrEnd = _checked(terms.minOut, MAX_REQUESTED).lowUint112();
        // At most the rule, by {_times}.
        request.validity = (expiresAt - executableAt).lowUint16();
        request.kind = terms.kind;
        emit RequestTerms(requestId, terms.minOut, executableAt, expiresAt, msg.value);
        if (terms.kind == LpRequestKind.RedeemInAsset) emit AssetOnlyRequested(requestId);
    }

    /// @dev The first and the last moment of a new request's settlement, seconds.
    function _times(Queue memory q, uint256 wanted) private view returns (uint256 executableAt, uint256 expiresAt) {
        (uint256 committedAt, uint256 changeAt) = oracle.commitment(marketId);
        // Never before that of an older request, even after the owner has shortened the delay.
        executableAt = Math.max(committedAt + q.delay, q.lastExecutableAt);
        uint256 latest = executableAt + q.validity;
        expiresAt = wanted == 0 ? latest : wanted;
        // A short life would be an option: the request settles only if a keeper acts at once (T59).
        uint256 earliest = Math.max(executableAt, committedAt + q.orderLifetime);
        if (expiresAt < earliest || expiresAt > latest) revert InvalidExpiry(expiresAt, earliest, latest);
        if (changeAt != 0 && expiresAt >= changeAt) revert FeedChangesBefore(expiresAt, changeAt);
    }

    function _cancel(uint256 requestId, address controller, bool isDeposit) private {
        _checkOperator(controller);
        if (_pending(requestId, controller, isDeposit) == 0) revert NotPending(requestId, controller);
        StoredLpRequest storage request = _requests[requestId];
        if (block.timestamp <= request.expiresAt()) revert RequestNotExpired(block.timestamp, request.expiresAt());
        uint256 fee = _returnExpired(requestId, request);
        if (fee != 0) Address.sendValue(payable(msg.sender), fee);
    }

    function _payReturned(uint256 requestId, address receiver, address controller, bool isDeposit)
        private
        returns (uint256 amount)
    {
        amount = _returned(requestId, controller, isDeposit);
        if (amount == 0) revert NothingReturned(requestId, controller);
        _requests[requestId].clearReturned();
        _returnedTo[controller][isDeposit] -= amount;
        if (isDeposit) {
            emit CancelDepositClaim(controller, receiver, requestId, msg.sender, amount);
            _asset.safeTransfer(receiver, amount);
        } else {
            emit CancelRedeemClaim(controller, receiver, requestId, msg.sender, amount);
            IERC20(maker).safeTransfer(receiver, amount);
        }
    }

    function _checked(uint256 value, uint256 max) private pure returns (uint256) {
        if (value > max) revert AmountTooLarge(value, max);
        return value;
    }

    function _checkRange(uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert RequestRuleOutOfRange(value, min, max);
    }

    // ------------------------------------------------------------------------------------- internal: settlement ----

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

    /// @return fee of the keeper in escrow, wei
    function _returnExpired(uint256 requestId, StoredLpRequest storage request) private returns (uint256 fee) {
        fee = request.keeperFee();
        _return(
            requestId, request, abi.encodeWithSelector(RequestExpired.selector, block.timestamp, request.expiresAt())
        );
    }

    // ------------------------------------------------------------------------------------------ internal: views ----

    function _hasRoom(StoredLpRequest storage request) private view returns (bool) {
        bool isDeposit = request.isDeposit();
        return _claimOf(request.controller, isDeposit).hasRoomFor(request.amount, !isDeposit && _paysInKind());
    }

    function _isOf(StoredLpRequest storage request, address controller, bool isDeposit) private view returns (bool) {
        return request.controller == controller && request.isDeposit() == isDeposit;
    }

    function _pending(uint256 requestId, address controller, bool isDeposit) private view returns (uint256) {
        StoredLpRequest storage request = _requests[requestId];
        return _isOf(request, controller, isDeposit) ? request.pending() : 0;
    }

    function _claimable(uint256 requestId, address controller, bool isDeposit) private view returns (uint256) {
        StoredLpRequest storage request = _requests[requestId];
        if (!_isOf(request, controller, isDeposit)) return 0;
        return request.claimable(_claimOf(controller, isDeposit), requestId);
    }

    function _returned(uint256 requestId, address controller, bool isDeposit) private view returns (uint256) {
        StoredLpRequest storage request = _requests[requestId];
        return _isOf(request, controller, isDeposit) ? request.returned() : 0;
    }
}
