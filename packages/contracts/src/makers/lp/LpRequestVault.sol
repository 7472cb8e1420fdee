// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IERC7540Deposit, IERC7540Redeem} from "../../interfaces/IERC7540.sol";
import {IERC7887Deposit, IERC7887Redeem} from "../../interfaces/IERC7887.sol";
import {ILockHolder} from "../../interfaces/ILockCallbacks.sol";
import {ILpModule} from "../../interfaces/ILpModule.sol";
import {ILpVault} from "../../interfaces/ILpVault.sol";
import {Cast} from "../../types/Cast.sol";
import {FeedChangesBefore, NotVault, ZeroAddress, ZeroAmount} from "../../types/Errors.sol";
import {
    LpRequest,
    LpRequestKind,
    MAX_KEEPER_FEE,
    MAX_REQUESTED,
    MAX_REQUEST_ID,
    MAX_SETTLED,
    StoredLpRequest
} from "../../types/LpRequest.sol";
import {AmountTooLarge, PPM} from "../../types/Units.sol";
import {LpClaims} from "./LpClaims.sol";
import {LpSettlement} from "./LpSettlement.sol";

/// @title The request vault of one maker: a queue of deposits and redemptions (ERC-7540)
/// @notice An LP commits to a deposit or a redemption before its price can be known. No account chooses the price: it is the
/// first one published at or after `executableAt`, at which any account can settle the request for a fee (T1, T15).
/// @dev Pending and claimable tokens are held here, outside the maker's assets. On the maker this contract can only
/// deposit and withdraw for itself at the current price, and transfer shares for their holders' requests. It must be an
/// executor of the oracle.
contract LpRequestVault is LpSettlement, ILockHolder {
    using Cast for *;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

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

    /// @notice The terms of a new request, beside {DepositRequest} or {RedeemRequest}.
    event RequestTerms(
        uint256 indexed requestId, uint256 minOut, uint256 executableAt, uint256 expiresAt, uint256 keeperFee
    );
    /// @notice The redemption pays in the asset only. Emitted for base vaults.
    event AssetOnlyRequested(uint256 indexed requestId);

    /// @notice Rules or gateways are not set.
    error NotConfigured();
    error InvalidExpiry(uint256 expiresAt, uint256 earliest, uint256 latest);
    /// @notice The controller has no pending request of this id and kind.
    error NotPending(uint256 requestId, address controller);
    /// @notice The controller has no returned tokens to claim for this id and kind.
    error NothingReturned(uint256 requestId, address controller);
    error RequestNotExpired(uint256 timestamp, uint256 expiresAt);
    error RequestNotDue(uint256 timestamp, uint256 executableAt);

    /// @notice Ppm; distance of {defaultMinimum} from the result of a settlement now.
    uint256 public constant DEFAULT_TOLERANCE = 10_000;

    constructor(ILpModule maker_, address owner_) LpClaims(maker_) Ownable(owner_) {
        _asset.forceApprove(address(maker_), type(uint256).max);
    }

    // --------------------------------------------------------------------------------------------------- requests ----

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

    // ------------------------------------------------------------------------------------------------------ views ----

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

    // ------------------------------------------------------------------------------------------ private: requests ----

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

    // --------------------------------------------------------------------------------------------- private: views ----

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
