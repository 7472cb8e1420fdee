// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ExchangeTest} from "../../utils/ExchangeTest.sol";

/// @dev Permits of the share.
contract LpVaultPermitTest is ExchangeTest {
    bytes32 private constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    address private holder;
    uint256 private key;

    function setUp() public override {
        super.setUp();
        (holder, key) = makeAddrAndKey("holder");
        vm.prank(lp);
        om.transfer(holder, 100e18);
    }

    function test_Permit_SetsTheAllowance() public {
        _permit(60e18, 0);
        assertEq(om.allowance(holder, bob), 60e18);
    }

    /// @dev T46: the holder signed a permit that was not submitted, approved the spender directly and revoked it. The
    /// spender submits the permit afterwards, and must not get the shares.
    function test_T46_RevokedAllowance_UnusedPermitIsConsumed() public {
        vm.startPrank(holder);
        om.approve(bob, 60e18);
        assertEq(om.nonces(holder), 0, "an approval leaves permits as they are");
        om.approve(bob, 0);
        vm.stopPrank();
        vm.expectPartialRevert(ERC20Permit.ERC2612InvalidSigner.selector);
        this.permit(60e18, 0);
        vm.expectRevert();
        vm.prank(bob);
        om.transferFrom(holder, bob, 60e18);
        assertEq(om.balanceOf(holder), 100e18);
        assertEq(om.balanceOf(bob), 0);
        _permit(60e18, 1);
        assertEq(om.allowance(holder, bob), 60e18, "a permit after the revocation is valid");
    }

    function permit(uint256 shares, uint256 nonce) external {
        _permit(shares, nonce);
    }

    function _permit(uint256 shares, uint256 nonce) private {
        bytes32 message = keccak256(abi.encode(PERMIT_TYPEHASH, holder, bob, shares, nonce, timestamp()));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(key, keccak256(abi.encodePacked(hex"1901", om.DOMAIN_SEPARATOR(), message)));
        om.permit(holder, bob, shares, timestamp(), v, r, s);
    }
}
