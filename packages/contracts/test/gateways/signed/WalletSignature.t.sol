// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {Announcement, Leg, SignedOrder, Submission} from "../../../src/types/SignedOrder.sol";
import {CounterfactualWalletFactory} from "../../utils/CounterfactualWallet.sol";
import {TestWallet} from "../../utils/TestWallet.sol";
import {WalletSignatureTest} from "./WalletSignatureTest.sol";

/// @dev Signatures of deployed wallets (ERC-1271) and of wallets that are not deployed yet (ERC-6492).
contract SignedOrderGatewayWalletSignatureTest is WalletSignatureTest {
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

    /// @dev The first order of a wallet deploys it.
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
        // The signature of another account does not authorize, and the deployment reverts.
        bytes memory forged = signBy(keyOf[bob], _hash(order));
        _refuse(Submission(order, _wrap(address(factory), deployment, forged), 0), _invalid(order));
        assertEq(wallet.code.length, 0);
        bytes memory wrapped = _wrap(address(factory), deployment, inner);
        settle(Submission(order, wrapped, USD), ALL, new bytes[](0));
        assertEq(sizeOf(wallet), 1e18);
        assertEq(vault.fundOf(wallet), 999 * USD);
        // T23: another signature for the same order does not fill it again.
        _refuse(
            Submission(order, inner, 0), abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, order.account, 1)
        );
        // After the deployment the wallet's signature is valid with and without the wrapper.
        order.id = 2;
        order.marginXCD = 0;
        inner = signBy(keyOf[alice], _hash(order));
        settle(Submission(order, _wrap(address(factory), deployment, inner), 0), ALL, new bytes[](0));
        order.id = 3;
        settle(Submission(order, signBy(keyOf[alice], _hash(order)), 0), ALL, new bytes[](0));
    }

    /// @dev A keeper announces the order of an offline wallet, also before the wallet is deployed.
    function test_ERC1271_ERC6492_KeeperAnnouncesTheOrderOfAWallet() public {
        CounterfactualWalletFactory factory = new CounterfactualWalletFactory();
        address wallet = factory.addressOf(alice, vault, address(signedGateway));
        usd.mint(bob, 2_000 * USD);
        vm.prank(bob);
        vault.deposit(wallet, 2_000 * USD);
        SignedOrder memory order = orderOf(wallet, false, 1e18);
        (order.marginXCD, order.stopPrice, order.exitFeeXCD) = (1_000 * USD, 1900e18, USD);
        bytes memory deployment = abi.encodeCall(factory.deploy, (alice, vault, address(signedGateway)));
        bytes memory wrapped = _wrap(address(factory), deployment, signBy(keyOf[alice], _hash(order)));
        Announcement memory a = announceWith(order, Leg.Entry, wrapped, address(om), new bytes[](0), keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, START_PRICE));
        assertEq(sizeOf(wallet), 1e18);
        // The bracket needs no signature.
        skip(1);
        a = announceAt(order, Leg.Stop, 1900e18, keeper);
        bytes32 digest = cancelBracketDigest(order);
        bytes memory signature = signBy(keyOf[bob], digest);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.InvalidSignature.selector, wallet, digest));
        signedGateway.cancelAnnouncement(order, a, signature);
        signature = signBy(keyOf[alice], digest);
        signedGateway.cancelAnnouncement(order, a, signature);
        skip(60);
        a = announceAt(order, Leg.Stop, 1900e18, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 1900e18));
        assertEq(sizeOf(wallet), 0);
        assertEq(vault.fundOf(keeper), 3 * USD);
    }

    /// @dev The key of an EIP-7702 account stays valid, with or without delegated code.
    function test_EIP7702_KeeperAnnouncesTheOrderOfADelegatedAccount() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        vm.etch(alice, abi.encodePacked(hex"ef0100", address(new TestWallet(bob))));
        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, keeper);
        bytes memory signature = signBy(keyOf[alice], cancelDigest(order));
        uint256 snapshot = vm.snapshotState();
        vm.prank(stranger);
        signedGateway.cancelAnnouncement(order, a, signature);
        assertTrue(isClosed(order));
        vm.revertToState(snapshot);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, START_PRICE));
        assertEq(sizeOf(alice), 1e18);
    }

    function test_ERC6492_RevertIf_TheCallDoesNotDeployTheAccount() public {
        // The account is an EOA, for which a wrapped signature is not valid.
        SignedOrder memory order = orderOf(alice, false, 1e18);
        _refuse(Submission(order, _wrap(address(usd), "", sign(order)), 0), _invalid(order));
        // A failing deployment call results in the same error.
        _refuse(Submission(order, _wrap(address(vault), hex"01", sign(order)), 0), _invalid(order));
        vm.expectRevert();
        vm.prank(relayer);
        signedGateway.settle(Submission(order, abi.encode(MAGIC), 0), address(om), ALL, new bytes[](0));
    }

    /// @dev T31: a signature may call any contract, through a verifier without any rights.
    function test_T31_TheVerifiersCallHasNoAuthority() public {
        SignedOrder memory victims = orderOf(bob, false, 1e18);
        Announcement memory forged = expected(alice, Leg.Entry, 0, 1e18);
        bytes[5] memory calls = [
            abi.encodeCall(vault.transferFundToMargin, (market, bob, 1)),
            abi.encodeCall(house.payRelayFee, (bob, alice, 1)),
            abi.encodeCall(signedGateway.settle, (submission(victims), address(om), ALL, new bytes[](0))),
            abi.encodeCall(signedGateway.fillAnnounced, (victims, _hash(victims), forged, 1e18, alice, 1e18)),
            abi.encodeCall(signedGateway.cancelOrder, (victims.id))
        ];
        address[5] memory targets =
            [address(vault), address(house), address(signedGateway), address(signedGateway), address(signedGateway)];
        SignedOrder memory order = orderOf(alice, false, 1e18);
        for (uint256 i = 0; i < calls.length; ++i) {
            uint256 fund = vault.fundOf(bob);
            bytes memory wrapped = _wrap(targets[i], calls[i], sign(order));
            // Called directly, and through an order.
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

    function _equip(address account) private {
        usd.mint(bob, 2_000 * USD);
        vm.prank(bob);
        vault.deposit(account, 2_000 * USD);
        vm.prank(account);
        vault.transferFundToMargin(market, account, 1_000 * USD);
    }
}
