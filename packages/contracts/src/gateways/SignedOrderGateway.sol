// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IOrderTimes} from "../interfaces/IOrderTimes.sol";
import {MatchFees} from "../interfaces/IVault.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {DelayedApproval} from "../libraries/DelayedApproval.sol";
import {ModuleCall} from "../libraries/ModuleCall.sol";
import {RequestVaults} from "../libraries/RequestVaults.sol";
import {NotEnoughGas} from "../types/Errors.sol";
import {MAX_LIFETIME} from "../types/Feed.sol";
import {Announcement, Leg, SignedOrder, SignedOrderRules, Submission} from "../types/SignedOrder.sol";
import {AnnouncementModule} from "./AnnouncementModule.sol";
import {CounterfactualVerifier} from "./CounterfactualVerifier.sol";
import {OrderBonds} from "./OrderBonds.sol";
import {SignedOrderFills} from "./SignedOrderFills.sol";
import {SignedOrderState} from "./SignedOrderState.sol";

/// @title Orders that accounts sign off-chain
/// @notice Relayers that the owner has approved submit the orders: they {settle} one against an LP vault at a current
/// price, or {matchOrders} two of them with each other. Without a relayer, keepers announce orders that are due, and
/// execute them like delayed orders: {AnnouncementModule}. An order can carry a take-profit and a stop: {Brackets}.
///
/// Accounts trust relayers with the choice of the price (any price that is not older than the stored one and than
/// `relayerMaxAge`), with the time, counterparty and size of each fill, and with honouring cancellations that are not
/// on chain yet. Accounts do not trust relayers with the terms of the order: its limits, its margin and its maximum
/// fee.
/// @dev Accounts must approve this gateway as their operator in the Vault, and the owner of the exchange must approve
/// it as a gateway of the ClearingHouse. {SignedOrderState} validates orders, {SignedOrderFills} fills them.
///
/// The functions of announcements have empty bodies: their modifier delegates the call to {AnnouncementModule}, on the
/// storage of this contract and for its caller, and returns the result. Both inherit {SignedOrderFills}, and neither adds
/// storage (tools/storage-layout.test.mjs). The module is set at deployment and never changes.
contract SignedOrderGateway is SignedOrderFills, IOrderTimes {
    event RulesSet(uint256 indexed marketId, SignedOrderRules rules);
    /// @notice `effectiveAt` in seconds; zero for a revocation.
    event RelayerSet(address indexed relayer, bool approved, uint256 effectiveAt);

    /// @notice The module belongs to another exchange or verifier.
    error ModuleMismatch(AnnouncementModule module);

    error NotRelayer(address caller);
    error InvalidRules(SignedOrderRules rules);

    /// @notice Upper bound of `relayerMaxAge`, seconds: it limits the prices from which relayers can choose.
    uint256 public constant MAX_RELAYER_AGE = 5 minutes;

    /// @notice A call of a batch failed and had no effect. `reason` is the encoded error, cut to
    /// {BoundedCall-MAX_ANSWER} bytes.
    event CallFailed(uint256 indexed index, bytes reason);

    /// @notice The contract whose code keepers and accounts run for announcements.
    AnnouncementModule public immutable announcementModule;

    constructor(
        IClearingHouse clearingHouse_,
        CounterfactualVerifier verifier_,
        AnnouncementModule module_,
        address owner_
    ) Ownable(owner_) OrderBonds(clearingHouse_) SignedOrderState(verifier_, clearingHouse_.vault()) {
        bool isOwn = module_.clearingHouse() == clearingHouse_ && module_.verifier() == verifier_;
        if (!isOwn) revert ModuleMismatch(module_);
        announcementModule = module_;
    }

    modifier onlyRelayer() {
        if (!isRelayer(msg.sender)) revert NotRelayer(msg.sender);
        _;
    }

    /// @dev For functions with an empty body: runs the module's function and ends the call with its result.
    modifier runsOnModule() {
        _;
        ModuleCall.run(address(announcementModule));
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets the delay, the windows, the relayers' maximum price age, the bond and the minimum relay fee of a market.
    /// Existing announcements keep their times; the price window is the current one at their execution. Reverts with
    /// InvalidRules and BondRatioOutOfRange, and with the errors of {IOrderTimesFollower-noteOrderTimes} where requests of LPs
    /// would wait for less time than announced orders (T59).
    function setRules(uint256 marketId, SignedOrderRules calldata rules) external onlyOwner {
        bool isValid = rules.delay != 0 && rules.priceWindow != 0 && rules.validity >= rules.priceWindow
            && uint256(rules.delay) + rules.validity <= MAX_LIFETIME && rules.relayerMaxAge != 0
            && rules.relayerMaxAge <= MAX_RELAYER_AGE && rules.minRelayFeeXCD != 0;
        if (!isValid) revert InvalidRules(rules);
        _checkBondRatio(rules.bondRatio, rules.validity);
        _rules[marketId] = rules;
        emit RulesSet(marketId, rules);
        RequestVaults.noteOrderTimes(clearingHouse, marketId);
    }

    /// @notice Approves a relayer or revokes its approval. An approval is subject to the delay of {DelayedApproval},
    /// because a relayer chooses the time of a price (T43).
    function setRelayer(address relayer, bool approved) external onlyOwner {
        uint256 effectiveAt = DelayedApproval.effectiveAt(oracle, approved);
        _relayers[relayer] = effectiveAt;
        emit RelayerSet(relayer, approved, effectiveAt);
    }

    /// @inheritdoc IOrderTimes
    /// @dev Those of announced orders.
    function orderTimesOf(uint256 marketId) external view returns (uint256 delay, uint256 validity) {
        return (_rules[marketId].delay, _rules[marketId].validity);
    }

    // ------------------------------------------------------------------------------------------------- relayers ----

    /// @notice Fills an order against an LP vault at a current price and pays the relay fee to the caller.
    /// @param maker the maker of the order, or the relayer's choice when the order names none
    /// @param amount WAD base; the largest uint256 means the whole remaining amount
    /// @param updateData a price that is not older than the stored one and than `relayerMaxAge`. Empty: the stored
    /// price, if it is not older than `relayerMaxAge`
    /// @dev The price source is paid as in {OrderGateway-executeOrder}.
    /// @return base base that the account received (> 0) or paid (< 0), WAD
    /// @return quote quote that the account received (> 0) or paid (< 0), WAD
    function settle(Submission calldata submission, address maker, uint256 amount, bytes[] calldata updateData)
        external
        payable
        onlyRelayer
        nonReentrant
        returns (int256 base, int256 quote)
    {
        // The signature check may call the wallet. It comes before the order is loaded, and the reentrancy guard blocks
        // fills, announcements and cancellations until the end. {cancelAll} only affects orders that are not validated
        // yet.
        OpenOrder memory open = _validateSubmission(submission);
        (uint256 price, uint256 sourceFee) = _beginCurrent(submission.order.marketId, updateData);
        FeeParties memory parties = FeeParties(submission.order.account, msg.sender, address(0));
        FillResult memory result = _fill(submission.order, open, maker, amount, price, parties);
        oracle.endExecution();
        if (msg.value > sourceFee) Address.sendValue(payable(msg.sender), msg.value - sourceFee);
        return (result.base, result.quote);
    }

    /// @notice Fills two orders with each other at the price of the maker's order and pays both relay fees to the
    /// caller. The price must be inside the taker's limit and the price band of the market. The quote is rounded in
    /// favour of the maker.
    /// @param amount WAD base; the largest uint256 means the smaller of both remaining amounts
    /// @param updateData as for {settle}. Empty: the stored price, subject to the age limit of trades, serves for the
    /// price band and the margin requirements
    function matchOrders(
        Submission calldata taker,
        Submission calldata maker,
        uint256 amount,
        bytes[] calldata updateData
    ) external payable onlyRelayer nonReentrant {
        // Signature checks come first, as in {settle}.
        OpenOrder memory takerOpen = _validateSubmission(taker);
        OpenOrder memory makerOpen = _validateSubmission(maker);
        _requireOpposite(taker.order, maker.order, takerOpen.orderHash, makerOpen.orderHash);
        uint256 sourceFee;
        if (updateData.length != 0) (, sourceFee) = _beginCurrent(taker.order.marketId, updateData);
        if (amount == type(uint256).max) amount = Math.min(takerOpen.remaining, makerOpen.remaining);
        _beforeFill(taker.order, takerOpen, amount);
        _beforeFill(maker.order, makerOpen, amount);
        MatchFees memory fees = MatchFees(msg.sender, taker.relayFeeXCD, maker.relayFeeXCD);
        FillResult memory result = _match(taker.order, maker.order, amount, fees);
        _afterFill(taker.order, takerOpen, maker.order.account, result);
        (result.base, result.quote) = (-result.base, -result.quote);
        _afterFill(maker.order, makerOpen, taker.order.account, result);
        if (updateData.length != 0) oracle.endExecution();
        if (msg.value > sourceFee) Address.sendValue(payable(msg.sender), msg.value - sourceFee);
    }

    // ------------------------------------------------------------------------------------------------- accounts ----

    /// @notice Cancels the caller's orders with this id: they cannot be filled or announced any more. Announced orders
    /// stay executable, because their price may be known already (T16): {AnnouncementModule-cancelAnnouncement} ends one
    /// while its price is unknown.
    function cancelOrder(uint256 id) external nonReentrant {
        _cancel(msg.sender, id);
    }

    /// @notice Cancels an account's orders with this id by its EIP-712 signature over `CancelOrder(address
    /// account,uint256 id)`. Relayers honour such a message without this call; an account that does not trust them
    /// submits it here.
    function cancelOrderBySig(address account, uint256 id, bytes calldata signature) external nonReentrant {
        _requireCancellation(account, id, signature);
        _cancel(account, id);
    }

    /// @notice Cancels all orders that the caller has signed so far and their brackets, except announced ones.
    /// @return nonce nonce of valid orders from now on
    function cancelAll() external returns (uint256 nonce) {
        nonce = ++nonceOf[msg.sender];
        emit NonceSet(msg.sender, nonce);
    }

    /// @notice Cancels the bracket of an order. Reverts with OrderIsAnnounced while one of its legs is announced, because
    /// the price of that leg may be known (T16).
    /// @param signature not needed from the order's account; else its EIP-712 signature over `CancelBracket(address
    /// account,bytes32 orderHash)`. It is valid for every later bracket of the order too. A cancellation of the order
    /// leaves the bracket of its filled part active
    function cancelBracket(SignedOrder calldata order, bytes calldata signature) external nonReentrant {
        bytes32 orderHash = hashOrder(order);
        if (msg.sender != order.account) _requireBracketCancellation(order.account, orderHash, signature);
        for (uint256 leg = uint256(Leg.TakeProfit); leg <= uint256(Leg.Stop); ++leg) {
            bytes32 legHash = hashLeg(orderHash, Leg(leg));
            if (_isHash(_announcements[legHash])) revert OrderIsAnnounced(legHash);
        }
        _cancelBracket(order, orderHash);
    }

    // -------------------------------------------------------------------------------------------- announcements ----

    /// @notice See {AnnouncementModule-announce}.
    function announce(
        SignedOrder calldata order,
        Leg leg,
        bytes calldata signature,
        address maker,
        bytes[] calldata updateData
    ) external payable runsOnModule returns (bytes32 legHash) {}

    /// @notice See {AnnouncementModule-executeAnnounced}.
    function executeAnnounced(
        SignedOrder calldata order,
        Announcement calldata announcement,
        bytes[] calldata updateData
    ) external payable runsOnModule returns (bool executed) {}

    /// @notice See {AnnouncementModule-clearAnnouncement}.
    function clearAnnouncement(SignedOrder calldata order, Announcement calldata announcement) external runsOnModule {}

    /// @notice See {AnnouncementModule-fillAnnounced}.
    function fillAnnounced(
        SignedOrder calldata order,
        bytes32 orderHash,
        Announcement calldata announcement,
        uint256 price,
        address keeper,
        uint256 most
    ) external runsOnModule {}

    /// @notice See {AnnouncementModule-cancelAnnouncement}.
    function cancelAnnouncement(
        SignedOrder calldata order,
        Announcement calldata announcement,
        bytes calldata signature
    ) external runsOnModule {}

    // ---------------------------------------------------------------------------------------------------- batch ----

    /// @notice Makes several calls of this contract. A call that fails has no effect and emits {CallFailed}; the others
    /// continue (T25). No value can be attached, so the oracle pays the price sources from its balance.
    /// @param gasPerCall gas limit of each call. The whole batch reverts when less is available, so that no call fails
    /// because an earlier one used its gas
    function batch(bytes[] calldata calls, uint256 gasPerCall) external {
        for (uint256 i = 0; i < calls.length; ++i) {
            // A call receives at most 63/64 of the remaining gas.
            uint256 needed = gasPerCall + gasPerCall / 32 + 5000;
            if (gasleft() < needed) revert NotEnoughGas(gasleft(), needed);
            (bool ok, bytes memory reason) = BoundedCall.tryDelegate(address(this), gasPerCall, calls[i]);
            if (!ok) emit CallFailed(i, reason);
        }
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice Returns the rules of a market; all zero for a market without rules.
    function rulesOf(uint256 marketId) external view returns (SignedOrderRules memory) {
        return _rules[marketId];
    }

    /// @notice Returns the sum of all fills of the orders with this id, until the id is filled. WAD base.
    function filledOf(address account, uint256 id) external view returns (uint256) {
        return _fills[account][id].filled;
    }

    /// @notice Returns the sum of all relay fees of the orders with this id, until the id is filled. XCD.
    function relayFeesOf(address account, uint256 id) external view returns (uint256) {
        return _fills[account][id].relayFeeXCD;
    }

    /// @notice Returns whether an account's orders with this id are filled or cancelled.
    function isClosed(address account, uint256 id) external view returns (bool) {
        return _isClosed(account, id);
    }

    /// @notice Returns the hash of the announcement of a leg; zero for a leg that is not announced. Orders with the same
    /// id have separate announcements.
    function announcementOf(bytes32 legHash) external view returns (bytes32 commitment) {
        uint256 state = _announcements[legHash];
        if (_isHash(state)) commitment = bytes32(state);
    }

    /// @notice Returns the time from which a leg can be announced again, seconds; zero for a leg that is announced or was
    /// never announced.
    function announceableAt(bytes32 legHash) external view returns (uint256) {
        uint256 state = _announcements[legHash];
        return _isHash(state) ? 0 : state;
    }

    // ------------------------------------------------------------------------------------------------- internal ----

    /// @dev Validates an order and its signature and loads its state. Reverts with OrderClosed when nothing remains of
    /// it.
    function _validateSubmission(Submission calldata submission) private returns (OpenOrder memory open) {
        bytes32 orderHash = _validateOrder(submission.order, block.timestamp);
        _requireSignature(submission.order.account, orderHash, submission.signature);
        open = _loadOrder(submission.order, orderHash, false);
        open.relayFeeXCD = submission.relayFeeXCD;
    }

    /// @dev Starts an execution at a current price. Payable functions only.
    function _beginCurrent(uint256 marketId, bytes[] calldata updateData)
        private
        returns (uint256 price, uint256 sourceFee)
    {
        sourceFee = _sourceFee(marketId, updateData, 0, msg.value != 0, msg.value);
        uint256 oldest = block.timestamp - _rulesOf(marketId).relayerMaxAge;
        price = oracle.beginCurrent{value: sourceFee}(marketId, updateData, oldest).unwrap();
    }

    function _requireOpposite(
        SignedOrder calldata taker,
        SignedOrder calldata maker,
        bytes32 takerHash,
        bytes32 makerHash
    ) private pure {
        if (taker.marketId != maker.marketId || taker.isBaseToQuote == maker.isBaseToQuote) {
            revert NotOpposite(takerHash, makerHash);
        }
        if (taker.maker != address(0)) revert WrongMaker(maker.account, taker.maker);
        if (maker.maker != address(0)) revert WrongMaker(taker.account, maker.maker);
        bool isInside = taker.isBaseToQuote ? maker.price >= taker.price : maker.price <= taker.price;
        if (!isInside) revert LimitExceeded(maker.price, taker.price);
    }
}
