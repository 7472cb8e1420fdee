// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IERC7540Deposit, IERC7540Redeem} from "../../interfaces/IERC7540.sol";
import {IERC7575} from "../../interfaces/IERC7575.sol";
import {IERC7887Deposit, IERC7887Redeem} from "../../interfaces/IERC7887.sol";
import {ILpVault} from "../../interfaces/ILpVault.sol";
import {ZeroAddress} from "../../types/Errors.sol";
import {LpRequest} from "../../types/LpRequest.sol";
import {LpAsyncVault} from "./LpAsyncVault.sol";
import {LpControllerAccount} from "./LpControllerAccount.sol";
import {LpRequestVault} from "./LpRequestVault.sol";
import {LpSettlementFees} from "./LpSettlementFees.sol";

/// @title The request vault of a maker for aggregators: ERC-7540 with request id 0
/// @notice Every request has the id 0: pending, claimable and returned amounts of a controller are sums. Standard calls need
/// no ether ({LpSettlementFees}), have a minimum ({LpRequestVault-defaultMinimum}), and redemptions pay in the asset only.
/// @dev Each controller has an account of its own ({LpControllerAccount}) that is its controller in the request vault. So
/// this contract holds no token of a controller between calls, computes no price, and claims of different controllers are
/// never averaged. It has no right in the maker or in the request vault beyond those of any account.
contract LpAggregateVault is LpSettlementFees, LpAsyncVault {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev The open requests of a controller before another one is added.
    struct Opening {
        LpControllerAccount account;
        uint256 ids;
        uint256 count;
    }

    /// @notice The controller has this number of requests that are pending, or returned and not claimed.
    error TooManyRequests(address controller, uint256 count, uint256 limit);
    /// @notice The tokens would be held for other accounts: by this contract for its owner, or by the controller's account as
    /// returned ones.
    error InvalidReceiver(address receiver);

    /// @notice Most requests of a controller, for deposits or for redemptions, that are pending or returned and not claimed.
    uint256 public constant MAX_OPEN = 8;
    /// @notice Other accounts than the controller and its operators add a request only below this number, so that they can
    /// never use up the controller's.
    uint256 public constant MAX_OPEN_BY_OTHERS = 4;
    uint256 private constant ID_BITS = 32;

    /// @notice The code of all {LpControllerAccount}s.
    address public immutable accountCode;

    /// @dev Ids in the request vault, oldest in the lowest bits.
    mapping(address controller => mapping(bool isDeposit => uint256 ids)) private _open;

    constructor(LpRequestVault requestVault_, address owner_) LpSettlementFees(requestVault_, owner_) {
        accountCode = address(new LpControllerAccount());
        _asset.forceApprove(address(requestVault_), type(uint256).max);
    }

    /// @dev The fees of cancelled requests.
    receive() external payable {
        if (msg.sender != address(requestVault)) revert ILpVault.NotRequestVault(msg.sender, address(requestVault));
    }

    // -------------------------------------------------------------------------------------------------- requests ----

    /// @inheritdoc IERC7540Deposit
    /// @dev For the amount that arrives, less a fee that the caller pays in the asset. The caller is the owner or an operator of
    /// it, and pays the fee. Reverts with `TooManyRequests`, and with the errors of {LpRequestVault-requestDeposit}.
    function requestDeposit(uint256 assets, address controller, address owner_)
        external
        payable
        nonReentrant
        returns (uint256)
    {
        _checkOperator(owner_);
        Opening memory opening = _opening(controller, true);
        uint256 balanceBefore = _asset.balanceOf(address(this));
        _asset.safeTransferFrom(owner_, address(this), assets);
        uint256 received = _asset.balanceOf(address(this)) - balanceBefore;
        (uint256 value, uint256 input) = _chargeFee(true, received);
        uint256 id =
            requestVault.requestDeposit{value: value}(received - input, address(opening.account), address(this));
        _add(opening, controller, true, id);
        // Less, for an asset that takes a fee on the second transfer, too.
        received = requestVault.pendingDepositRequest(id, address(opening.account));
        emit DepositRequest(controller, owner_, 0, msg.sender, received);
        return 0;
    }

    /// @inheritdoc IERC7540Redeem
    /// @dev Less a fee that the caller pays in shares. Pays in the asset only. The caller is the owner or an operator of it, and
    /// the owner has approved this contract for the shares. Reverts with `TooManyRequests`, and with the errors of
    /// {LpRequestVault-requestRedeem}.
    function requestRedeem(uint256 shares, address controller, address owner_) external payable returns (uint256) {
        return _requestRedeem(shares, controller, owner_, true);
    }

    /// @notice {requestRedeem} that lets a flat base vault pay collateral beside its asset, which needs no price. The claim
    /// transfers both.
    function requestRedeemInKind(uint256 shares, address controller, address owner_)
        external
        payable
        returns (uint256)
    {
        return _requestRedeem(shares, controller, owner_, false);
    }

    /// @inheritdoc IERC7887Deposit
    /// @dev All pending requests that have expired. Their fees are added to the controller's prepaid balance. Reverts with
    /// `RequestNotExpired` when none has.
    function cancelDepositRequest(uint256 requestId, address controller) external {
        emit CancelDepositRequest(controller, requestId, msg.sender);
        _cancel(requestId, controller, true);
    }

    /// @inheritdoc IERC7887Redeem
    /// @dev As {cancelDepositRequest}.
    function cancelRedeemRequest(uint256 requestId, address controller) external {
        emit CancelRedeemRequest(controller, requestId, msg.sender);
        _cancel(requestId, controller, false);
    }

    // ---------------------------------------------------------------------------------------------------- claims ----

    /// @inheritdoc IERC7575
    function deposit(uint256 assets, address receiver) external returns (uint256 shares) {
        return deposit(assets, receiver, msg.sender);
    }

    /// @inheritdoc IERC7540Deposit
    function deposit(uint256 assets, address receiver, address controller)
        public
        nonReentrant
        returns (uint256 shares)
    {
        shares = requestVault.deposit(assets, receiver, _authorized(controller, receiver));
        emit Deposit(controller, receiver, assets, shares);
    }

    /// @inheritdoc IERC7575
    function mint(uint256 shares, address receiver) external returns (uint256 assets) {
        return mint(shares, receiver, msg.sender);
    }

    /// @inheritdoc IERC7540Deposit
    function mint(uint256 shares, address receiver, address controller) public nonReentrant returns (uint256 assets) {
        assets = requestVault.mint(shares, receiver, _authorized(controller, receiver));
        emit Deposit(controller, receiver, assets, shares);
    }

    /// @inheritdoc IERC7575
    function redeem(uint256 shares, address receiver, address controller)
        external
        nonReentrant
        returns (uint256 assets)
    {
        assets = requestVault.redeem(shares, receiver, _authorized(controller, receiver));
        emit Withdraw(msg.sender, receiver, controller, assets, shares);
    }

    /// @inheritdoc IERC7575
    function withdraw(uint256 assets, address receiver, address controller)
        external
        nonReentrant
        returns (uint256 shares)
    {
        shares = requestVault.withdraw(assets, receiver, _authorized(controller, receiver));
        emit Withdraw(msg.sender, receiver, controller, assets, shares);
    }

    /// @inheritdoc IERC7887Deposit
    /// @dev For all returned assets, cancelled by the controller or not.
    function claimCancelDepositRequest(uint256 requestId, address receiver, address controller)
        external
        nonReentrant
        returns (uint256 assets)
    {
        _checkOperator(controller);
        _checkId(requestId, controller);
        return _payReturned(controller, receiver, true);
    }

    /// @inheritdoc IERC7887Redeem
    /// @dev For all returned shares, cancelled by the controller or not.
    function claimCancelRedeemRequest(uint256 requestId, address receiver, address controller)
        external
        nonReentrant
        returns (uint256 shares)
    {
        _checkOperator(controller);
        _checkId(requestId, controller);
        return _payReturned(controller, receiver, false);
    }

    /// @notice Transfers the returned assets or shares of a controller to it. Any account can call it. Reverts with
    /// `NothingReturned`.
    function pushReturned(address controller, bool isDeposit) external nonReentrant returns (uint256 amount) {
        return _payReturned(controller, controller, isDeposit);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice The account of a controller in the request vault. It has code from the controller's first request on.
    function accountOf(address controller) public view returns (address) {
        return Clones.predictDeterministicAddress(accountCode, _salt(controller));
    }

    /// @notice Ids in the request vault of the controller's requests that are not settled whole, or were not when the controller
    /// last made a request; oldest first. See {LpRequestVault-settlementOf}.
    function openRequests(address controller, bool isDeposit) external view returns (uint256[] memory ids) {
        uint256 packed = _open[controller][isDeposit];
        uint256 count;
        for (uint256 rest = packed; rest != 0; rest >>= ID_BITS) {
            ++count;
        }
        ids = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            ids[i] = _idAt(packed, i);
        }
    }

    /// @inheritdoc IERC7540Deposit
    function pendingDepositRequest(uint256 requestId, address controller) external view returns (uint256 assets) {
        if (requestId != 0) return 0;
        address account = accountOf(controller);
        for (uint256 ids = _open[controller][true]; ids != 0; ids >>= ID_BITS) {
            assets += requestVault.pendingDepositRequest(_idAt(ids, 0), account);
        }
    }

    /// @inheritdoc IERC7540Redeem
    function pendingRedeemRequest(uint256 requestId, address controller) external view returns (uint256 shares) {
        if (requestId != 0) return 0;
        address account = accountOf(controller);
        for (uint256 ids = _open[controller][false]; ids != 0; ids >>= ID_BITS) {
            shares += requestVault.pendingRedeemRequest(_idAt(ids, 0), account);
        }
    }

    /// @inheritdoc IERC7540Deposit
    function claimableDepositRequest(uint256 requestId, address controller) external view returns (uint256 assets) {
        return requestId == 0 ? maxDeposit(controller) : 0;
    }

    /// @inheritdoc IERC7540Redeem
    function claimableRedeemRequest(uint256 requestId, address controller) external view returns (uint256 shares) {
        return requestId == 0 ? maxRedeem(controller) : 0;
    }

    /// @inheritdoc IERC7887Deposit
    function claimableCancelDepositRequest(uint256 requestId, address controller)
        external
        view
        returns (uint256 assets)
    {
        if (requestId != 0) return 0;
        address account = accountOf(controller);
        assets = _asset.balanceOf(account);
        for (uint256 ids = _open[controller][true]; ids != 0; ids >>= ID_BITS) {
            assets += requestVault.claimableCancelDepositRequest(_idAt(ids, 0), account);
        }
    }

    /// @inheritdoc IERC7887Redeem
    function claimableCancelRedeemRequest(uint256 requestId, address controller)
        external
        view
        returns (uint256 shares)
    {
        if (requestId != 0) return 0;
        address account = accountOf(controller);
        shares = maker.balanceOf(account);
        for (uint256 ids = _open[controller][false]; ids != 0; ids >>= ID_BITS) {
            shares += requestVault.claimableCancelRedeemRequest(_idAt(ids, 0), account);
        }
    }

    /// @inheritdoc IERC7575
    /// @dev The claimable amount, as in the following three functions.
    function maxDeposit(address controller) public view returns (uint256 assets) {
        return requestVault.maxDeposit(accountOf(controller));
    }

    /// @inheritdoc IERC7575
    function maxMint(address controller) external view returns (uint256 shares) {
        return requestVault.maxMint(accountOf(controller));
    }

    /// @inheritdoc IERC7575
    function maxRedeem(address controller) public view returns (uint256 shares) {
        return requestVault.maxRedeem(accountOf(controller));
    }

    /// @inheritdoc IERC7575
    function maxWithdraw(address controller) external view returns (uint256 assets) {
        return requestVault.maxWithdraw(accountOf(controller));
    }

    /// @notice Collateral that the controller claims with redemptions by {requestRedeemInKind}, in its own decimals.
    function claimableQuote(address controller) external view returns (uint256 quoteXCD) {
        return requestVault.claimableQuote(accountOf(controller));
    }

    /// @inheritdoc IERC7575
    function asset() external view returns (address) {
        return address(_asset);
    }

    /// @inheritdoc IERC7575
    /// @dev The share names the request vault, not this contract.
    function share() public view override returns (address) {
        return address(maker);
    }

    /// @inheritdoc IERC7575
    function totalAssets() external view returns (uint256) {
        return requestVault.totalAssets();
    }

    /// @inheritdoc IERC7575
    function convertToShares(uint256 assets) external view returns (uint256) {
        return requestVault.convertToShares(assets);
    }

    /// @inheritdoc IERC7575
    function convertToAssets(uint256 shares) external view returns (uint256) {
        return requestVault.convertToAssets(shares);
    }

    // --------------------------------------------------------------------------------------- internal: requests ----

    function _requestRedeem(uint256 shares, address controller, address owner_, bool isAssetOnly)
        private
        nonReentrant
        returns (uint256)
    {
        _checkOperator(owner_);
        Opening memory opening = _opening(controller, false);
        (uint256 value, uint256 input) = _chargeFee(false, shares);
        if (input != 0) {
            IERC20(maker).safeTransferFrom(owner_, address(this), input);
            shares -= input;
        }
        _add(opening, controller, false, _forwardRedeem(shares, address(opening.account), owner_, value, isAssetOnly));
        emit RedeemRequest(controller, owner_, 0, msg.sender, shares);
        return 0;
    }

    /// @dev The request vault spends the owner's allowance to this contract.
    function _forwardRedeem(uint256 shares, address account, address owner_, uint256 value, bool isAssetOnly)
        private
        returns (uint256 id)
    {
        if (!isAssetOnly) return requestVault.requestRedeem{value: value}(shares, account, owner_);
        uint256 minAssets = requestVault.defaultMinimum(false, shares, true);
        return requestVault.requestRedeemInAsset{value: value}(shares, account, owner_, minAssets, 0);
    }

    /// @dev Creates the controller's account before its first request, removes closed requests, and checks for room.
    function _opening(address controller, bool isDeposit) private returns (Opening memory opening) {
        if (controller == address(0)) revert ZeroAddress();
        // {pushReturned} pays the controller.
        if (controller == address(this)) revert InvalidReceiver(controller);
        opening.account = _account(controller);
        for (uint256 ids = _open[controller][isDeposit]; ids != 0; ids >>= ID_BITS) {
            uint256 id = _idAt(ids, 0);
            if (_isDone(id)) continue;
            opening.ids |= id << (ID_BITS * opening.count++);
        }
        uint256 limit = _isControllerOrOperator(controller) ? MAX_OPEN : MAX_OPEN_BY_OTHERS;
        if (opening.count >= limit) revert TooManyRequests(controller, opening.count, limit);
    }

    /// @dev Whether a request is closed and nothing of it is left to return. Returned tokens move to the controller's account.
    function _isDone(uint256 id) private returns (bool) {
        LpRequest memory request = requestVault.requestOf(id);
        if (!request.isClosed) return false;
        if (request.returned == 0) return true;
        // An asset may refuse the transfer. The request then stays open here.
        try requestVault.pushReturned(id) {
            return true;
        } catch {
            return false;
        }
    }

    function _add(Opening memory opening, address controller, bool isDeposit, uint256 id) private {
        _open[controller][isDeposit] = opening.ids | uint256(id.toUint32()) << (ID_BITS * opening.count);
    }

    function _cancel(uint256 requestId, address controller, bool isDeposit) private nonReentrant {
        _checkOperator(controller);
        _checkId(requestId, controller);
        address account = accountOf(controller);
        uint256 balanceBefore = address(this).balance;
        uint256 cancelled;
        uint256 earliest;
        for (uint256 ids = _open[controller][isDeposit]; ids != 0; ids >>= ID_BITS) {
            uint256 id = _idAt(ids, 0);
            LpRequest memory request = requestVault.requestOf(id);
            if (request.isClosed) continue;
            if (block.timestamp <= request.expiresAt) {
                if (earliest == 0) earliest = request.expiresAt;
                continue;
            }
            if (isDeposit) requestVault.cancelDepositRequest(id, account);
            else requestVault.cancelRedeemRequest(id, account);
            ++cancelled;
        }
        if (cancelled == 0) {
            if (earliest == 0) revert LpRequestVault.NotPending(0, controller);
            revert LpRequestVault.RequestNotExpired(block.timestamp, earliest);
        }
        uint256 fees = address(this).balance - balanceBefore;
        if (fees != 0) _credit(controller, fees);
    }

    function _payReturned(address controller, address receiver, bool isDeposit) private returns (uint256 amount) {
        if (receiver == address(0)) revert ZeroAddress();
        LpControllerAccount account = _account(controller);
        _checkReceiver(receiver, address(account));
        for (uint256 ids = _open[controller][isDeposit]; ids != 0; ids >>= ID_BITS) {
            amount += _claimReturned(_idAt(ids, 0), receiver, address(account), isDeposit);
        }
        // Tokens that were pushed to the account before.
        IERC20 token = isDeposit ? _asset : IERC20(maker);
        uint256 held = token.balanceOf(address(account));
        amount += held;
        if (amount == 0) revert LpRequestVault.NothingReturned(0, controller);
        if (held != 0) account.release(token, receiver, held);
        if (isDeposit) emit CancelDepositClaim(controller, receiver, 0, msg.sender, amount);
        else emit CancelRedeemClaim(controller, receiver, 0, msg.sender, amount);
    }

    function _claimReturned(uint256 id, address receiver, address account, bool isDeposit)
        private
        returns (uint256 amount)
    {
        if (requestVault.requestOf(id).returned == 0) return 0;
        if (isDeposit) return requestVault.claimCancelDepositRequest(id, receiver, account);
        return requestVault.claimCancelRedeemRequest(id, receiver, account);
    }

    // -------------------------------------------------------------------------------------- internal: controllers ----

    /// @dev The account of a controller, created if it does not exist.
    function _account(address controller) private returns (LpControllerAccount account) {
        account = LpControllerAccount(accountOf(controller));
        if (address(account).code.length != 0) return account;
        Clones.cloneDeterministic(accountCode, _salt(controller));
        account.connect(requestVault);
    }

    /// @dev {_account} for the controller itself or its operator, and for a valid receiver.
    function _authorized(address controller, address receiver) private returns (address account) {
        _checkOperator(controller);
        account = address(_account(controller));
        _checkReceiver(receiver, account);
    }

    function _checkReceiver(address receiver, address account) private view {
        if (receiver == address(this) || receiver == account) revert InvalidReceiver(receiver);
    }

    function _checkId(uint256 requestId, address controller) private pure {
        if (requestId != 0) revert LpRequestVault.NotPending(requestId, controller);
    }

    function _salt(address controller) private pure returns (bytes32) {
        return bytes32(uint256(uint160(controller)));
    }

    function _idAt(uint256 ids, uint256 index) private pure returns (uint256) {
        return (ids >> (ID_BITS * index)) & type(uint32).max;
    }
}
