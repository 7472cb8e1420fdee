// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {SignedOrderGateway} from "../../../src/gateways/SignedOrderGateway.sol";
import {IVault} from "../../../src/interfaces/IVault.sol";
import {NotEnoughGas, OrderPastExpiry} from "../../../src/types/Errors.sol";
import {Announcement, SignedOrder, Submission, Trigger} from "../../../src/types/SignedOrder.sol";
import {CounterfactualWalletFactory, HostileWallet, LockingWallet} from "../../utils/CounterfactualWallet.sol";
import {TestWallet} from "../../utils/TestWallet.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev Whose word counts, how often, and where.
contract SignedSignaturesTest is SignedOrderTest {
    uint256 private constant SECP256K1_N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    // --------------------------------------------------------------------------------------------------- replays ----

    function test_T23_RevertIf_SignedForAnotherChain() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        vm.chainId(1);
        bytes memory signature = sign(order);
        vm.chainId(31337);
        _refuse(Submission(order, signature, 0), _invalid(order));
    }

    function test_T23_RevertIf_SignedForAnotherContract() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        address other = deployCode(
            "SignedOrderGateway.sol:SignedOrderGateway", abi.encode(address(house), address(d.verifier), owner())
        );
        bytes memory signature = signBy(keyOf[alice], SignedOrderGateway(other).hashOrder(order));
        _refuse(Submission(order, signature, 0), _invalid(order));
    }

    function test_T23_RevertIf_ReplayedAfterPartialFills() public {
        SignedOrder memory order = orderOf(alice, false, 2e18);
        order.minFill = 0;
        Submission memory s = submission(order);
        settle(s, 1.5e18, new bytes[](0));
        expectSettleRevert(
            s,
            1.5e18,
            new bytes[](0),
            abi.encodeWithSelector(SignedOrderGateway.FillOutOfRange.selector, 1.5e18, 0, 0.5e18)
        );
        settle(s, 0.5e18, new bytes[](0));
        _refuse(s, abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, order.account, 1));
    }

    function test_T23_RevertIf_Cancelled() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Submission memory s = submission(order);
        vm.expectEmit(address(signedGateway));
        emit SignedOrderState.OrderCancelled(alice, order.id);
        vm.prank(alice);
        signedGateway.cancelOrder(order.id);
        bytes memory closed = abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, order.account, 1);
        _refuse(s, closed);
        vm.expectRevert(closed);
        vm.prank(stranger);
        signedGateway.announce{value: FEE}(order, s.signature, address(om));
        vm.expectRevert(closed);
        vm.prank(alice);
        signedGateway.cancelOrder(order.id);
    }

    function test_T23_RevertIf_AllWereCancelled() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        SignedOrder memory bobs = orderOf(bob, false, 1e18);
        vm.expectEmit(address(signedGateway));
        emit SignedOrderState.NonceSet(alice, 1);
        vm.prank(alice);
        assertEq(signedGateway.cancelAll(), 1);
        _refuse(submission(order), abi.encodeWithSelector(SignedOrderState.WrongNonce.selector, alice, 0, 1));
        settle(bobs, ALL, START_PRICE);
        // Neither is an order good before its time.
        order.nonce = 2;
        _refuse(submission(order), abi.encodeWithSelector(SignedOrderState.WrongNonce.selector, alice, 2, 1));
        order.nonce = 1;
        settle(order, ALL, START_PRICE);
    }

    function test_T23_RevertIf_SignatureIsMalleated() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf[alice], _hash(order));
        bytes memory twin = abi.encodePacked(r, bytes32(SECP256K1_N - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        _refuse(Submission(order, twin, 0), _invalid(order));
    }

    function test_T23_RevertIf_TheSignerIsNobody() public {
        SignedOrder memory order = orderOf(address(0), false, 1e18);
        // What ecrecover answers zero to.
        _refuse(Submission(order, new bytes(65), 0), _invalid(order));
        _refuse(Submission(order, "", 0), _invalid(order));
    }

    /// @dev Every field is signed for.
    function testFuzz_T23_RevertIf_AnyFieldIsChanged(uint256 field, uint256 change) public {
        SignedOrder memory order = limitOf(alice, false, 1e18, 2010e18);
        bytes memory signature = sign(order);
        field = bound(field, 0, 14);
        // Flags and the trigger take one other value, addresses few bits.
        change = bound(change, 1, field == 3 || field == 4 || field == 8 ? 1 : type(uint160).max);
        bytes memory words = abi.encode(order);
        assembly ("memory-safe") {
            let word := add(add(words, 0x20), mul(field, 0x20))
            mstore(word, xor(mload(word), change))
        }
        SignedOrder memory forged = abi.decode(words, (SignedOrder));
        assertNotEq(_hash(forged), _hash(order));
        vm.prank(relayer);
        vm.expectRevert();
        signedGateway.settle(Submission(forged, signature, 0), address(om), ALL, new bytes[](0));
        assertEq(sizeOf(alice), 0);
    }

    // ----------------------------------------------------------------------------------------------- cancellation ----

    /// @dev A take-profit and a stop under one number: what fills one closes the other.
    function test_Id_SharedByAlternatives() public {
        buy(alice, address(om), 1e18);
        SignedOrder memory profit = orderOf(alice, true, ALL);
        (profit.isReduceOnly, profit.trigger, profit.triggerPrice) = (true, Trigger.TakeProfit, 2100e18);
        SignedOrder memory stop = orderOf(alice, true, ALL);
        (stop.isReduceOnly, stop.trigger, stop.triggerPrice) = (true, Trigger.Stop, 1900e18);
        settle(profit, ALL, 2100e18);
        buy(alice, address(om), 1e18);
        expectSettleRevert(
            submission(stop),
            ALL,
            current(1900e18),
            abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, alice, 1)
        );
    }

    /// @dev T23: what one is filled with is no longer left of the others, divisible or not.
    function test_T23_Id_AlternativesInPartsShareWhatIsLeft() public {
        SignedOrder memory first = limitOf(alice, false, 10e18, 2010e18);
        SignedOrder memory second = limitOf(alice, false, 10e18, 2020e18);
        SignedOrder memory whole = orderOf(alice, false, 10e18);
        settle(first, 6e18, START_PRICE);
        assertEq(filledOf(second), 6e18, "under the id");
        bytes memory outOfRange = abi.encodeWithSelector(SignedOrderGateway.FillOutOfRange.selector, 10e18, 0, 4e18);
        expectSettleRevert(submission(second), 10e18, current(START_PRICE), outOfRange);
        settle(second, 1e18, START_PRICE);
        // All or nothing is all that is left.
        outOfRange = abi.encodeWithSelector(SignedOrderGateway.FillOutOfRange.selector, 10e18, 3e18, 3e18);
        expectSettleRevert(submission(whole), 10e18, current(START_PRICE), outOfRange);
        settle(whole, ALL, START_PRICE);
        assertEq(sizeOf(alice), 10e18, "once");
        assertEq(filledOf(first), 0);
        bytes memory closed = abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, alice, 1);
        _refuse(submission(first), closed);
        _refuse(submission(second), closed);
    }

    /// @dev T23: whatever parts of whatever alternatives a relayer picks, fills come to the largest of them at most.
    function testFuzz_T23_Id_NoMoreThanTheLargest(uint256[6] calldata amounts, uint256 picks) public {
        SignedOrder[3] memory orders;
        uint256[3] memory sizes = [uint256(3e18), 5e18, 8e18];
        for (uint256 i = 0; i < 3; ++i) {
            orders[i] = limitOf(alice, false, sizes[i], 2100e18);
        }
        orders[1].minFill = 5e18;
        for (uint256 i = 0; i < amounts.length; ++i) {
            Submission memory s = submission(orders[(picks >> (8 * i)) % 3]);
            uint256 amount = amounts[i] % 4 == 0 ? ALL : amounts[i] % 4e18;
            vm.prank(relayer);
            try signedGateway.settle(s, address(om), amount, new bytes[](0)) {} catch {}
        }
        assertLe(sizeOf(alice), 8e18);
        if (!isClosed(orders[0])) assertEq(filledOf(orders[0]), uint256(sizeOf(alice)));
    }

    /// @dev Margin and fee of alternatives are for one purpose, and move once.
    function test_Id_AlternativesChargeOnce() public {
        SignedOrder memory first = limitOf(alice, false, 2e18, 2010e18);
        first.marginXCD = 100 * USD;
        SignedOrder memory second = orderOf(alice, false, 2e18);
        second.marginXCD = 100 * USD;
        uint256 fund = vault.fundOf(alice);
        settle(submission(first, USD), 1e18, current(START_PRICE));
        bytes memory refusal = abi.encodeWithSelector(SignedOrderGateway.RelayFeeTooHigh.selector, USD, 0);
        expectSettleRevert(submission(second, USD), ALL, current(START_PRICE), refusal);
        settle(second, ALL, START_PRICE);
        assertEq(vault.fundOf(alice), fund - 101 * USD);
    }

    /// @dev A take-profit that is filled in part leaves the stop for the rest.
    function test_Id_TheStopOfAPartlyTakenProfitStands() public {
        buy(alice, address(om), 3e18);
        SignedOrder memory profit = limitOf(alice, true, 3e18, 2100e18);
        profit.isReduceOnly = true;
        SignedOrder memory stop = orderOf(alice, true, 3e18);
        (stop.isReduceOnly, stop.trigger, stop.triggerPrice) = (true, Trigger.Stop, 1900e18);
        settle(profit, 1e18, 2100e18);
        settle(stop, ALL, 1900e18);
        assertEq(sizeOf(alice), 0);
        assertTrue(isClosed(profit));
    }

    function test_Cancel_OfWhatIsFilledInPart() public {
        SignedOrder memory order = limitOf(alice, false, 2e18, 2010e18);
        settle(order, 1e18, START_PRICE);
        vm.prank(alice);
        signedGateway.cancelOrder(order.id);
        assertTrue(isClosed(order));
        _refuse(submission(order), abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, alice, 1));
    }

    /// @dev T16: an alternative takes an announced order back by being filled only, when everybody can fill either.
    function test_T16_AnAlternativeIsExecutableNoEarlier() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        skip(1);
        order.isBaseToQuote = true;
        Announcement memory b = announce(order, alice);
        assertEq(b.executableAt, a.executableAt + 1);
        vm.warp(b.executableAt);
        order.isBaseToQuote = false;
        assertTrue(execute(order, a, START_PRICE));
        order.isBaseToQuote = true;
        assertFalse(execute(order, b, START_PRICE));
        assertEq(sizeOf(alice), 1e18);
    }

    function testFuzz_Id_EachIsItsOwn(uint256 id, uint256 other) public {
        vm.assume(id != other);
        vm.prank(alice);
        signedGateway.cancelOrder(id);
        assertTrue(signedGateway.isClosed(alice, id));
        assertFalse(signedGateway.isClosed(alice, other));
        assertFalse(signedGateway.isClosed(bob, id));
    }

    /// @dev 128 numbers share a word: what is begun or closed under one is neither under its neighbours.
    function testFuzz_Id_NeighboursAreTheirOwn(uint256 id) public {
        id = bound(id, 1, type(uint256).max - 1);
        SignedOrder memory order = limitOf(alice, false, 2e18, 2010e18);
        order.id = id;
        settle(order, 1e18, START_PRICE);
        assertEq(filledOf(order), 1e18);
        assertFalse(isClosed(order));
        for (uint256 i = 0; i < 2; ++i) {
            order.id = i == 0 ? id - 1 : id + 1;
            assertEq(filledOf(order), 0);
            settle(order, ALL, START_PRICE);
            assertTrue(isClosed(order));
            assertFalse(signedGateway.isClosed(alice, id));
        }
        order.id = id;
        settle(order, ALL, START_PRICE);
        assertEq(sizeOf(alice), 6e18);
    }

    function test_CancelBySig_ByAnybodyWhoHasTheMessage() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        bytes memory signature = signBy(keyOf[alice], _cancelDigest(order));
        vm.prank(stranger);
        signedGateway.cancelOrderBySig(order.account, order.id, signature);
        assertTrue(isClosed(order));
    }

    function test_Cancel_RevertIf_NotTheAccounts() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        // Everybody has numbers of its own.
        vm.prank(bob);
        signedGateway.cancelOrder(order.id);
        assertFalse(isClosed(order));
        bytes32 digest = _cancelDigest(order);
        bytes memory signature = signBy(keyOf[bob], digest);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.InvalidSignature.selector, alice, digest));
        signedGateway.cancelOrderBySig(order.account, order.id, signature);
        // The order's own signature cancels nothing.
        signature = sign(order);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.InvalidSignature.selector, alice, digest));
        signedGateway.cancelOrderBySig(order.account, order.id, signature);
    }

    // --------------------------------------------------------------------------------------------------- wallets ----

    function test_ERC1271_WalletTrades() public {
        address wallet = address(new TestWallet(alice));
        _equip(wallet);
        authorize(wallet);
        SignedOrder memory order = orderOf(wallet, false, 1e18);
        Submission memory s = Submission(order, signBy(keyOf[alice], _hash(order)), USD);
        settle(s, ALL, new bytes[](0));
        assertEq(sizeOf(wallet), 1e18);
        order.id = 2;
        _refuse(Submission(order, signBy(keyOf[bob], _hash(order)), 0), _invalid(order));
    }

    /// @dev A wallet that is not there yet is deployed by its first order.
    function test_ERC6492_WalletIsDeployedByItsFirstOrder() public {
        CounterfactualWalletFactory factory = new CounterfactualWalletFactory();
        address wallet = factory.addressOf(alice, vault, address(signedGateway));
        usd.mint(bob, 2_000 * USD);
        vm.prank(bob);
        vault.deposit(wallet, 2_000 * USD);
        SignedOrder memory order = orderOf(wallet, false, 1e18);
        order.marginXCD = 1_000 * USD;
        bytes memory deployment = abi.encodeCall(factory.deploy, (alice, vault, address(signedGateway)));
        bytes memory inner = signBy(keyOf[alice], _hash(order));
        // Somebody else's signature deploys it in vain.
        bytes memory forged = signBy(keyOf[bob], _hash(order));
        _refuse(Submission(order, _wrap(address(factory), deployment, forged), 0), _invalid(order));
        assertEq(wallet.code.length, 0);
        bytes memory wrapped = _wrap(address(factory), deployment, inner);
        settle(Submission(order, wrapped, USD), ALL, new bytes[](0));
        assertEq(sizeOf(wallet), 1e18);
        assertEq(vault.fundOf(wallet), 999 * USD);
        // Another signature for the same order is no other order (T23).
        _refuse(
            Submission(order, inner, 0), abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, order.account, 1)
        );
        // And once it is there, the same signature does, wrapped or not.
        order.id = 2;
        order.marginXCD = 0;
        inner = signBy(keyOf[alice], _hash(order));
        settle(Submission(order, _wrap(address(factory), deployment, inner), 0), ALL, new bytes[](0));
        order.id = 3;
        settle(Submission(order, signBy(keyOf[alice], _hash(order)), 0), ALL, new bytes[](0));
    }

    function test_ERC6492_RevertIf_ItDoesNotDeployTheAccount() public {
        // The key itself signed, and is no wallet.
        SignedOrder memory order = orderOf(alice, false, 1e18);
        _refuse(Submission(order, _wrap(address(usd), "", sign(order)), 0), _invalid(order));
        // A call that fails is no reason to fail otherwise.
        _refuse(Submission(order, _wrap(address(vault), hex"01", sign(order)), 0), _invalid(order));
        vm.expectRevert();
        vm.prank(relayer);
        signedGateway.settle(Submission(order, abi.encode(MAGIC), 0), address(om), ALL, new bytes[](0));
    }

    /// @dev T31: a signature may call anything; it does so in the name of a contract that may do nothing.
    function test_T31_TheVerifiersCallHasNoAuthority() public {
        SignedOrder memory victims = orderOf(bob, false, 1e18);
        bytes[5] memory calls = [
            abi.encodeCall(vault.transferFundToMargin, (market, bob, 1)),
            abi.encodeCall(house.payRelayFee, (bob, alice, 1)),
            abi.encodeCall(signedGateway.settle, (submission(victims), address(om), ALL, new bytes[](0))),
            abi.encodeCall(signedGateway.fillAnnounced, (victims, _hash(victims), address(om), 1e18)),
            abi.encodeCall(signedGateway.cancelOrder, (victims.id))
        ];
        address[5] memory targets =
            [address(vault), address(house), address(signedGateway), address(signedGateway), address(signedGateway)];
        SignedOrder memory order = orderOf(alice, false, 1e18);
        for (uint256 i = 0; i < calls.length; ++i) {
            uint256 fund = vault.fundOf(bob);
            bytes memory wrapped = _wrap(targets[i], calls[i], sign(order));
            // On its own, and on the way of an order.
            d.verifier.isValidSignature(alice, _hash(order), wrapped);
            _refuse(Submission(order, wrapped, 0), _invalid(order));
            assertEq(vault.fundOf(bob), fund);
            assertEq(sizeOf(bob), 0);
            assertFalse(isClosed(victims));
        }
        assertFalse(vault.isOperator(alice, address(d.verifier)));
        assertFalse(signedGateway.isRelayer(address(d.verifier)));
        assertFalse(house.isGateway(address(d.verifier)));
    }

    // ----------------------------------------------------------------------------------------------------- batch ----

    function test_T25_OneBadOrderSpoilsNoOther() public {
        bytes[] memory calls = new bytes[](5);
        SignedOrder memory order = orderOf(alice, false, 1e18);
        calls[0] = _call(submission(order));
        // Expired, badly signed, from wallets that burn all gas or answer without end.
        order.id = 2;
        order.expiresAt = timestamp() - 1;
        calls[1] = _call(submission(order));
        calls[2] = _call(Submission(orderOf(address(new HostileWallet(true)), false, 1e18), "", 0));
        calls[3] = _call(Submission(orderOf(address(new HostileWallet(false)), false, 1e18), "", 0));
        calls[4] = _call(submission(orderOf(bob, true, 2e18)));
        vm.expectEmit(address(signedGateway));
        emit SignedOrderGateway.CallFailed(
            1, abi.encodeWithSelector(OrderPastExpiry.selector, timestamp(), timestamp() - 1)
        );
        vm.expectEmit(true, false, false, false, address(signedGateway));
        emit SignedOrderGateway.CallFailed(2, "");
        vm.expectEmit(true, false, false, false, address(signedGateway));
        emit SignedOrderGateway.CallFailed(3, "");
        vm.prank(relayer);
        signedGateway.batch{gas: 8_000_000}(calls, 1_000_000);
        assertEq(sizeOf(alice), 1e18);
        assertEq(sizeOf(bob), -2e18);
        assertEq(vault.lockHolder(), address(0));
    }

    /// @dev T25: the call of a wrapped signature takes the system's lock, itself or through a contract, and keeps it: it
    /// would last until the transaction ends, and with it all calls that follow.
    function test_T25_AWrappedSignatureLeavesNoLockBehind() public {
        LockingWallet wallet = new LockingWallet(vault);
        address[2] memory targets = [address(vault), address(wallet)];
        address[2] memory holders = [address(d.verifier), address(wallet)];
        bytes[] memory calls = new bytes[](2);
        for (uint256 i = 0; i < 2; ++i) {
            SignedOrder memory order = orderOf(alice, false, 1e18);
            order.id = i;
            bytes memory wrapped = _wrap(targets[i], abi.encodeCall(vault.lock, ()), "");
            calls[0] = abi.encodeCall(signedGateway.cancelOrderBySig, (address(wallet), 7, wrapped));
            calls[1] = _call(submission(order));
            vm.expectEmit(address(signedGateway));
            emit SignedOrderGateway.CallFailed(0, abi.encodeWithSelector(IVault.Locked.selector, holders[i]));
            vm.prank(relayer);
            signedGateway.batch(calls, 3_000_000);
            assertEq(sizeOf(alice), int256((i + 1) * 1e18));
            assertFalse(signedGateway.isClosed(address(wallet), 7));
            assertEq(vault.lockHolder(), address(0));
        }
    }

    /// @dev T25: an error of any length is cut.
    function test_T25_ReasonsAreBounded() public {
        bytes[] memory calls = new bytes[](1);
        vm.mockCallRevert(address(oracle), bytes(""), new bytes(100_000));
        calls[0] = _call(submission(orderOf(alice, false, 1e18)));
        vm.recordLogs();
        vm.prank(relayer);
        signedGateway.batch(calls, 2_000_000);
        bytes memory reason = abi.decode(vm.getRecordedLogs()[0].data, (bytes));
        assertEq(reason.length, 512);
    }

    function test_Batch_RevertIf_GasWouldNotReachForAll() public {
        bytes[] memory calls = new bytes[](2);
        calls[0] = _call(submission(orderOf(alice, false, 1e18)));
        calls[1] = _call(submission(orderOf(bob, false, 1e18)));
        vm.prank(relayer);
        (bool success, bytes memory answer) =
            address(signedGateway).call{gas: 1_200_000}(abi.encodeCall(signedGateway.batch, (calls, 1_000_000)));
        assertFalse(success);
        assertEq(bytes4(answer), bytes4(keccak256("NotEnoughGas(uint256,uint256)")));
        assertEq(sizeOf(alice), 0, "all or nothing where gas is missing");
    }

    function test_Batch_IsOpenAndEachCallHasItsOwnGuard() public {
        bytes[] memory calls = new bytes[](2);
        SignedOrder memory order = orderOf(alice, false, 1e18);
        calls[0] = _call(submission(order));
        calls[1] = abi.encodeCall(signedGateway.cancelOrder, (order.id));
        vm.expectEmit(address(signedGateway));
        emit SignedOrderGateway.CallFailed(0, abi.encodeWithSelector(SignedOrderGateway.NotRelayer.selector, alice));
        vm.prank(alice);
        signedGateway.batch(calls, 1_000_000);
        assertTrue(isClosed(order), "several cancellations go in one transaction");
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _equip(address account) private {
        usd.mint(bob, 2_000 * USD);
        vm.prank(bob);
        vault.deposit(account, 2_000 * USD);
        vm.prank(account);
        vault.transferFundToMargin(market, account, 1_000 * USD);
    }

    function _wrap(address factory, bytes memory data, bytes memory inner) private pure returns (bytes memory) {
        return bytes.concat(abi.encode(factory, data, inner), MAGIC);
    }

    function _call(Submission memory s) private view returns (bytes memory) {
        return abi.encodeCall(signedGateway.settle, (s, address(om), ALL, new bytes[](0)));
    }

    function _hash(SignedOrder memory order) private view returns (bytes32) {
        return signedGateway.hashOrder(order);
    }

    function _cancelDigest(SignedOrder memory order) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Counterpoise SignedOrderGateway"),
                keccak256("1"),
                block.chainid,
                address(signedGateway)
            )
        );
        bytes32 typeHash = keccak256("CancelOrder(address account,uint256 id)");
        bytes32 hash = keccak256(abi.encode(typeHash, order.account, order.id));
        return MessageHashUtils.toTypedDataHash(domain, hash);
    }

    function _invalid(SignedOrder memory order) private view returns (bytes memory) {
        return abi.encodeWithSelector(SignedOrderState.InvalidSignature.selector, order.account, _hash(order));
    }

    function _refuse(Submission memory s, bytes memory reason) private {
        expectSettleRevert(s, ALL, new bytes[](0), reason);
    }
}
