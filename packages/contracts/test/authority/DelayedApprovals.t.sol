// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev T43: the owner approves its own account where the account chooses the moment of a price. The oracle is sealed, so
/// that the approval takes effect after two days. Until then LPs can leave.
contract DelayedApprovalsTest is ExchangeTest {
    uint256 private constant DELAY = 2 days;
    address private attacker = makeAddr("attacker");

    function setUp() public override {
        super.setUp();
        fund(attacker, 300_000 * USD);
        addMargin(attacker, 200_000 * USD);
        vm.prank(owner());
        oracle.seal();
    }

    /// @dev The market is at 2,056, the stored price at 2,000: a buy of 50 against the maker would be worth 2,800.
    function test_T43_NewSender_CannotTradeAtAStalePrice() public {
        vm.prank(owner());
        om.setValidSender(attacker, true);
        assertFalse(om.isValidSender(attacker));
        assertEq(om.senderSince(attacker), START + DELAY);
        int256 lps = valueOf(address(om));
        vm.expectRevert(abi.encodeWithSelector(IMaker.SenderNotApproved.selector, attacker));
        buy(attacker, address(om), 50e18);
        skip(1);
        setPrice(2056e18);
        assertEq(valueOf(address(om)), lps, "LPs");
        assertEq(valueOf(attacker), 200_000e18, "attacker");
        vm.warp(START + DELAY - 1);
        assertFalse(om.isValidSender(attacker));
        vm.warp(START + DELAY);
        assertTrue(om.isValidSender(attacker));
    }

    function test_T43_Revocation_TakesEffectAtOnce() public {
        vm.startPrank(owner());
        om.setValidSender(alice, false);
        house.setGateway(address(signedGateway), false);
        om.setWhitelistLp(lp, false);
        vm.stopPrank();
        assertFalse(om.isValidSender(alice));
        assertEq(om.senderSince(alice), 0);
        assertFalse(house.isGateway(address(signedGateway)));
        assertFalse(om.isWhitelistLp(lp));
    }

    function test_T43_NewGateway_CannotMatchAtOnce() public {
        vm.prank(owner());
        house.setGateway(attacker, true);
        assertFalse(house.isGateway(attacker));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotGateway.selector, attacker));
        vm.prank(attacker);
        house.payRelayFee(alice, attacker, 1);
        skip(DELAY);
        assertTrue(house.isGateway(attacker));
    }

    function test_T43_NewRelayer_CannotSettleAtOnce() public {
        vm.prank(owner());
        signedGateway.setRelayer(attacker, true);
        assertFalse(signedGateway.isRelayer(attacker));
        skip(DELAY);
        assertTrue(signedGateway.isRelayer(attacker));
    }

    /// @dev The immediate path of LPs is at the stored price too: a deposit before a rise dilutes the other LPs.
    function test_T43_NewWhitelistLp_CannotDepositAtAStalePrice() public {
        addMargin(alice, 100_000 * USD);
        buy(alice, address(om), 10e18);
        vm.prank(owner());
        om.setWhitelistLp(attacker, true);
        usd.mint(attacker, 100_000 * USD);
        vm.startPrank(attacker);
        usd.approve(address(om), 100_000 * USD);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.NotWhitelistLp.selector, attacker));
        om.deposit(100_000 * USD);
        vm.stopPrank();
        skip(DELAY);
        assertTrue(om.isWhitelistLp(attacker));
    }
}

/// @dev Before the deployment has sealed the oracle, approvals take effect at once.
contract ApprovalsBeforeSealTest is ExchangeTest {
    function test_T43_BeforeTheSeal_ApprovalsTakeEffectAtOnce() public {
        vm.startPrank(owner());
        om.setValidSender(stranger, true);
        house.setGateway(stranger, true);
        signedGateway.setRelayer(stranger, true);
        om.setWhitelistLp(stranger, true);
        vm.stopPrank();
        assertTrue(om.isValidSender(stranger) && house.isGateway(stranger));
        assertTrue(signedGateway.isRelayer(stranger) && om.isWhitelistLp(stranger));
    }
}
