// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {DeployConfig} from "../../../script/Deploy.s.sol";
import {Announcement, Leg, SignedOrder, Submission, Trigger} from "../../../src/types/SignedOrder.sol";
import {domainSeparator, typedDataHash} from "../../utils/Eip712.sol";
import {ExchangeTest} from "../../utils/ExchangeTest.sol";

/// @dev Alice and Bob have margin, have approved the gateway, and sign orders. Announcements: delay 3 s, price window
/// 10 s, validity 60 s. Relayers: prices of the last 10 s.
abstract contract SignedOrderTest is ExchangeTest {
    /// @dev Default relay fee of an order.
    uint256 internal constant RELAY_FEE = 2 * USD;
    /// @dev Keeper fee of a delayed order, wei.
    uint256 internal constant FEE = 0.0001 ether;
    uint256 internal constant ALL = type(uint256).max;
    bytes32 internal constant MAGIC = 0x6492649264926492649264926492649264926492649264926492649264926492;
    address internal relayer = makeAddr("relayer");
    mapping(address account => uint256 key) internal keyOf;

    function config() internal virtual override returns (DeployConfig memory c) {
        c = super.config();
        c.relayers = new address[](1);
        c.relayers[0] = relayer;
    }

    function setUp() public virtual override {
        super.setUp();
        (, keyOf[alice]) = makeAddrAndKey("alice");
        (, keyOf[bob]) = makeAddrAndKey("bob");
        authorize(alice);
        authorize(bob);
        addMargin(alice, 100_000 * USD);
        addMargin(bob, 100_000 * USD);
        vm.deal(alice, 1 ether);
        vm.deal(stranger, 1 ether);
    }

    function authorize(address account) internal {
        vm.prank(account);
        vault.setOperator(address(signedGateway), true);
    }

    /// @dev All or nothing against the oracle maker, without a limit, at most 2 USD of fee.
    function orderOf(address account, bool isBaseToQuote, uint256 amount) internal view returns (SignedOrder memory) {
        return SignedOrder({
            account: account,
            marketId: market,
            maker: address(om),
            isBaseToQuote: isBaseToQuote,
            isReduceOnly: false,
            amount: amount,
            minFill: amount,
            price: isBaseToQuote ? 0 : ALL,
            trigger: Trigger.None,
            triggerPrice: 0,
            marginXCD: 0,
            maxRelayFeeXCD: 2 * USD,
            takeProfitPrice: 0,
            stopPrice: 0,
            exitFeeXCD: 0,
            validFrom: 0,
            expiresAt: timestamp() + 1 hours,
            nonce: signedGateway.nonceOf(account),
            id: 1
        });
    }

    /// @dev The same for any counterparty, at a limit, in parts.
    function limitOf(address account, bool isBaseToQuote, uint256 amount, uint256 price)
        internal
        view
        returns (SignedOrder memory order)
    {
        order = orderOf(account, isBaseToQuote, amount);
        (order.maker, order.minFill, order.price) = (address(0), 0, price);
    }

    function sign(SignedOrder memory order) internal view returns (bytes memory) {
        return signBy(keyOf[order.account], signedGateway.hashOrder(order));
    }

    function signBy(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function submission(SignedOrder memory order) internal view returns (Submission memory) {
        return Submission({order: order, signature: sign(order), relayFeeXCD: 0});
    }

    function submission(SignedOrder memory order, uint256 relayFeeXCD) internal view returns (Submission memory) {
        return Submission({order: order, signature: sign(order), relayFeeXCD: relayFeeXCD});
    }

    /// @dev A price that is published now.
    function current(uint256 price) internal view returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = priceUpdate(price, timestamp(), timestamp() - 1);
    }

    /// @dev The first price at or after the executable time of an announcement.
    function first(uint256 price, Announcement memory announcement) internal view returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = priceUpdate(price, announcement.executableAt, announcement.executableAt - 1);
    }

    function settle(SignedOrder memory order, uint256 amount, uint256 price) internal returns (int256, int256) {
        return settle(submission(order), amount, current(price));
    }

    function settle(Submission memory s, uint256 amount, bytes[] memory data) internal returns (int256, int256) {
        address maker = s.order.maker == address(0) ? address(om) : s.order.maker;
        vm.prank(relayer);
        return signedGateway.settle(s, maker, amount, data);
    }

    function expectSettleRevert(Submission memory s, uint256 amount, bytes[] memory data, bytes memory reason)
        internal
    {
        address maker = s.order.maker == address(0) ? address(om) : s.order.maker;
        vm.expectRevert(reason);
        vm.prank(relayer);
        signedGateway.settle(s, maker, amount, data);
    }

    function matchOrders(Submission memory taker, Submission memory maker, uint256 amount) internal {
        vm.prank(relayer);
        signedGateway.matchOrders(taker, maker, amount, new bytes[](0));
    }

    function expectMatchRevert(Submission memory taker, Submission memory maker, uint256 amount, bytes memory reason)
        internal
    {
        vm.expectRevert(reason);
        vm.prank(relayer);
        signedGateway.matchOrders(taker, maker, amount, new bytes[](0));
    }

    /// @dev Announces an order: its account without a price, another account with a price that meets its trigger.
    function announce(SignedOrder memory order, address by) internal returns (Announcement memory) {
        address maker = order.maker == address(0) ? address(om) : order.maker;
        if (by == order.account) return announceWith(order, Leg.Entry, "", maker, new bytes[](0), by);
        uint256 price = order.trigger == Trigger.None ? START_PRICE : order.triggerPrice;
        return announceWith(order, Leg.Entry, sign(order), maker, current(price), by);
    }

    /// @dev Announces a leg as a keeper, with a price that is published now.
    function announceAt(SignedOrder memory order, Leg leg, uint256 price, address by)
        internal
        returns (Announcement memory)
    {
        return announceWith(order, leg, leg == Leg.Entry ? sign(order) : bytes(""), order.maker, current(price), by);
    }

    /// @dev Returns the announcement that the gateway emitted.
    function announceWith(
        SignedOrder memory order,
        Leg leg,
        bytes memory signature,
        address maker,
        bytes[] memory data,
        address by
    ) internal returns (Announcement memory announcement) {
        vm.recordLogs();
        vm.prank(by);
        signedGateway.announce(order, leg, signature, maker, data);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        (, announcement) = abi.decode(logs[logs.length - 1].data, (SignedOrder, Announcement));
    }

    function expectAnnounceRevert(SignedOrder memory order, Leg leg, bytes[] memory data, bytes memory reason)
        internal
    {
        bytes memory signature = leg == Leg.Entry ? sign(order) : bytes("");
        vm.expectRevert(reason);
        vm.prank(keeper);
        signedGateway.announce(order, leg, signature, order.maker, data);
    }

    /// @dev The announcement that `by` makes now, with a bond at {START_PRICE} for `base`.
    function expected(address by, Leg leg, uint256 relayFeeXCD, uint256 base)
        internal
        view
        returns (Announcement memory)
    {
        return Announcement({
            maker: address(om),
            announcer: by,
            leg: leg,
            announcedAt: uint64(timestamp()),
            executableAt: uint64(timestamp() + 3),
            expiresAt: uint64(timestamp() + 63),
            relayFeeXCD: uint128(relayFeeXCD),
            bondXCD: uint128(2000 * base * BOND_RATIO / 1e18)
        });
    }

    function execute(SignedOrder memory order, Announcement memory announcement, uint256 price)
        internal
        returns (bool)
    {
        bytes[] memory data = first(price, announcement);
        vm.prank(keeper);
        return signedGateway.executeAnnounced(order, announcement, data);
    }

    function cancelDigest(SignedOrder memory order) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("CancelOrder(address account,uint256 id)");
        return typedDataHash(
            domainSeparator("Counterpoise SignedOrderGateway", address(signedGateway)),
            keccak256(abi.encode(typeHash, order.account, order.id))
        );
    }

    function cancelBracketDigest(SignedOrder memory order) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("CancelBracket(address account,bytes32 orderHash)");
        return typedDataHash(
            domainSeparator("Counterpoise SignedOrderGateway", address(signedGateway)),
            keccak256(abi.encode(typeHash, order.account, signedGateway.hashOrder(order)))
        );
    }

    function filledOf(SignedOrder memory order) internal view returns (uint256) {
        return signedGateway.filledOf(order.account, order.id);
    }

    function isClosed(SignedOrder memory order) internal view returns (bool) {
        return signedGateway.isClosed(order.account, order.id);
    }
}
