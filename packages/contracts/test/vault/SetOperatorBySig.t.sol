// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vault} from "../../src/Vault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {domainSeparator, typedDataHash} from "../utils/Eip712.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {TestWallet} from "../utils/TestWallet.sol";

/// @dev Approval of operators by signature (T23).
contract VaultSetOperatorBySigTest is ExchangeTest {
    bytes32 private constant TYPEHASH =
        keccak256("SetOperator(address account,address operator,bool approved,uint256 nonce,uint256 deadline)");
    uint256 private constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    address private signer;
    uint256 private key;

    function setUp() public override {
        super.setUp();
        (signer, key) = makeAddrAndKey("signer");
    }

    function test_BySig_Eoa_AnyCallerSubmits() public {
        bytes memory signature = _sign(key, signer, bob, true, 0, START);
        vm.expectEmit(address(vault));
        emit IVault.OperatorSet(signer, bob, true);
        vm.prank(stranger);
        vault.setOperatorBySig(signer, bob, true, START, signature);
        assertTrue(vault.isOperator(signer, bob));
        assertFalse(vault.isOperator(signer, stranger));
        assertEq(vault.nonces(signer), 1);
        vault.setOperatorBySig(signer, bob, false, START, _sign(key, signer, bob, false, 1, START));
        assertFalse(vault.isOperator(signer, bob));
    }

    function test_BySig_Erc1271Wallet() public {
        address wallet = address(new TestWallet(signer));
        vault.setOperatorBySig(wallet, bob, true, START, _sign(key, wallet, bob, true, 0, START));
        assertTrue(vault.isOperator(wallet, bob));
        (, uint256 other) = makeAddrAndKey("other");
        bytes memory wrong = _sign(other, wallet, keeper, true, 1, START);
        _refused(wallet, keeper, true, START, wrong);
    }

    function test_T23_RevertIf_WrongSigner() public {
        (, uint256 other) = makeAddrAndKey("other");
        _refused(signer, bob, true, START, _sign(other, signer, bob, true, 0, START));
    }

    /// @dev Every signed field is verified.
    function test_T23_RevertIf_AFieldDiffersFromTheSignedOne() public {
        bytes memory signature = _sign(key, signer, bob, true, 0, START);
        _refused(signer, keeper, true, START, signature);
        _ignored(signer, bob, false, START, signature);
        _refused(signer, bob, true, START + 1, signature);
        _refused(alice, bob, true, START, signature);
        _refused(signer, bob, true, START, _sign(key, signer, bob, true, 1, START));
        vault.setOperatorBySig(signer, bob, true, START, signature);
    }

    function test_T23_RevertIf_Replayed() public {
        bytes memory signature = _sign(key, signer, bob, true, 0, START);
        vault.setOperatorBySig(signer, bob, true, START, signature);
        vm.prank(signer);
        vault.setOperator(bob, false);
        _refused(signer, bob, true, START, signature);
        assertFalse(vault.isOperator(signer, bob));
    }

    function test_T23_RevertIf_Expired() public {
        bytes memory signature = _sign(key, signer, bob, true, 0, START);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IVault.SignatureExpired.selector, START + 1, START));
        vault.setOperatorBySig(signer, bob, true, START, signature);
    }

    function test_T23_RevertIf_SignedForAnotherChain() public {
        bytes memory signature = _sign(key, signer, bob, true, 0, START);
        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        _refused(signer, bob, true, START, signature);
        vm.chainId(chain);
        vault.setOperatorBySig(signer, bob, true, START, signature);
    }

    function test_T23_RevertIf_SignedForAnotherContract() public {
        Vault other = new Vault(usd, address(house), address(backstop), oracle, d.breaker);
        bytes memory signature = _sign(address(other), key, signer, bob, true, 0, START);
        _refused(signer, bob, true, START, signature);
        other.setOperatorBySig(signer, bob, true, START, signature);
    }

    /// @dev The signature with the other s value of the curve recovers to the same signer. The Vault reverts for it,
    /// and for the compact form.
    function test_T23_RevertIf_Malleable() public {
        bytes32 digest = _digest(address(vault), signer, bob, true, 0, START);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        bytes memory flipped = abi.encodePacked(r, bytes32(CURVE_ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        assertEq(
            ecrecover(digest, v == 27 ? 28 : 27, r, bytes32(CURVE_ORDER - uint256(s))), signer, "recovers to the signer"
        );
        _refused(signer, bob, true, START, flipped);
        bytes32 vs = bytes32(uint256(s) | uint256(v - 27) << 255);
        _refused(signer, bob, true, START, abi.encodePacked(r, vs));
    }

    /// @dev ecrecover returns the zero address for an invalid signature, which does not authorize for the zero address.
    function test_T23_RevertIf_AccountIsZeroOrSignatureIsEmpty() public {
        _refused(address(0), bob, true, START, abi.encodePacked(bytes32(uint256(1)), bytes32(uint256(1)), uint8(29)));
        _refused(address(0), bob, true, START, "");
        _refused(signer, bob, true, START, "");
        _refused(address(usd), bob, true, START, "");
    }

    /// @dev T46: the owner revoked directly. A signature that was never submitted cannot approve the operator again and
    /// move the owner's collateral.
    function test_T46_RevokedDirectly_UnusedSignatureIsConsumed() public {
        fund(signer, 100 * USD);
        bytes memory unused = _sign(key, signer, bob, true, 0, START);
        vm.startPrank(signer);
        vault.setOperator(bob, true);
        assertEq(vault.nonces(signer), 0, "an approval leaves signatures as they are");
        vault.setOperator(bob, false);
        vm.stopPrank();
        assertEq(vault.nonces(signer), 1);
        _refused(signer, bob, true, START, unused);
        vm.expectRevert(abi.encodeWithSelector(IVault.NotAuthorized.selector, signer, bob));
        vm.prank(bob);
        vault.transferFundToMargin(market, signer, 100 * USD);
        assertEq(vault.fundOf(signer), 100 * USD);
        assertEq(marginOf(signer), 0);
        vault.setOperatorBySig(signer, bob, true, START, _sign(key, signer, bob, true, 1, START));
        assertTrue(vault.isOperator(signer, bob), "a signature after the revocation is valid");
    }

    /// @dev A signature whose change is in force has no effect, used up, expired or not: it neither reverts nor changes
    /// the nonce. A signature that is valid is used up.
    function test_T46_ChangeInForce_DoesNotRevert() public {
        bytes memory signature = _sign(key, signer, bob, true, 0, START);
        vault.setOperatorBySig(signer, bob, true, START, signature);
        vault.setOperatorBySig(signer, bob, true, START, signature);
        skip(1);
        vault.setOperatorBySig(signer, bob, true, START, signature);
        assertEq(vault.nonces(signer), 1);
        vault.setOperatorBySig(signer, bob, true, START + 1, _sign(key, signer, bob, true, 1, START + 1));
        assertEq(vault.nonces(signer), 2);
        assertTrue(vault.isOperator(signer, bob));
    }

    /// @dev The key of an account stays valid after the account delegated its code (EIP-7702), to code that accepts no
    /// signature too.
    function test_BySig_KeyOfAnAccountWithDelegatedCode() public {
        vm.etch(signer, abi.encodePacked(hex"ef0100", address(usd)));
        vault.setOperatorBySig(signer, bob, true, START, _sign(key, signer, bob, true, 0, START));
        assertTrue(vault.isOperator(signer, bob));
    }

    /// @dev The code that the account delegated to validates signatures as well.
    function test_BySig_DelegatedCodeValidates() public {
        (address other, uint256 otherKey) = makeAddrAndKey("other");
        vm.etch(signer, abi.encodePacked(hex"ef0100", address(new TestWallet(other))));
        vault.setOperatorBySig(signer, bob, true, START, _sign(otherKey, signer, bob, true, 0, START));
        assertTrue(vault.isOperator(signer, bob));
    }

    /// @dev No effect, because the change is in force.
    function _ignored(address account, address operator, bool approved, uint256 deadline, bytes memory signature)
        private
    {
        uint256 nonce = vault.nonces(account);
        assertEq(vault.isOperator(account, operator), approved);
        vault.setOperatorBySig(account, operator, approved, deadline, signature);
        assertEq(vault.isOperator(account, operator), approved);
        assertEq(vault.nonces(account), nonce);
    }

    function _refused(address account, address operator, bool approved, uint256 deadline, bytes memory signature)
        private
    {
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidSignature.selector, account));
        vault.setOperatorBySig(account, operator, approved, deadline, signature);
    }

    function _sign(uint256 by, address account, address operator, bool approved, uint256 nonce, uint256 deadline)
        private
        view
        returns (bytes memory)
    {
        return _sign(address(vault), by, account, operator, approved, nonce, deadline);
    }

    function _sign(
        address verifier,
        uint256 by,
        address account,
        address operator,
        bool approved,
        uint256 nonce,
        uint256 deadline
    ) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(by, _digest(verifier, account, operator, approved, nonce, deadline));
        return abi.encodePacked(r, s, v);
    }

    /// @dev EIP-712 digest, computed without the contract.
    function _digest(
        address verifier,
        address account,
        address operator,
        bool approved,
        uint256 nonce,
        uint256 deadline
    ) private view returns (bytes32) {
        bytes32 message = keccak256(abi.encode(TYPEHASH, account, operator, approved, nonce, deadline));
        return typedDataHash(domainSeparator("Counterpoise Vault", verifier), message);
    }
}
