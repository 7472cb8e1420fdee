// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {LpAggregateVault} from "../../../src/makers/lp/LpAggregateVault.sol";
import {LpControllerAccount} from "../../../src/makers/lp/LpControllerAccount.sol";
import {BlocklistToken} from "../../utils/BlocklistToken.sol";
import {LpAggregateVaultTest} from "../../utils/LpAggregateVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";
import {ReentrantToken} from "../../utils/ReentrantToken.sol";
import {TestToken} from "../../utils/TestToken.sol";

/// @dev Accounts that act on the value of another controller.
abstract contract LpAggregateProtectionSuite is LpAggregateVaultTest {
    /// @dev Two controllers settle at different prices. Each claims at its own, also when both claims are open at once: in one
    /// account they would be paid at the average.
    function test_Controllers_AreNotAveraged() public {
        takeSpreads();
        giveInventory();
        refreshPrice(START_PRICE);
        aggregateDeposit(carol, xcd(10e18));
        settleAt(START_PRICE);
        uint256 ofCarol = aggregate.maxMint(carol);
        spot.moveTo(START_PRICE * 101 / 100);
        refreshPrice(START_PRICE * 101 / 100);
        aggregateDeposit(dave, xcd(10e18));
        settleAt(START_PRICE * 101 / 100);
        uint256 ofDave = aggregate.maxMint(dave);
        assertNotEq(ofCarol, ofDave, "the price of a share has moved");
        vm.prank(dave);
        aggregate.deposit(xcd(10e18), dave, dave);
        vm.prank(carol);
        aggregate.deposit(xcd(10e18), carol, carol);
        assertEq(maker.balanceOf(carol), ofCarol);
        assertEq(maker.balanceOf(dave), ofDave);
    }

    /// @dev An account fills the places that others have at a controller. The controller's own requests pass.
    function test_Places_OfTheControllerCannotBeUsedUp() public {
        token.mint(dave, 100);
        vm.startPrank(dave);
        for (uint256 i = 0; i < aggregate.MAX_OPEN_BY_OTHERS(); ++i) {
            aggregate.requestDeposit(1, carol, dave);
        }
        vm.expectRevert(abi.encodeWithSelector(LpAggregateVault.TooManyRequests.selector, carol, 4, 4));
        aggregate.requestDeposit(1, carol, dave);
        vm.stopPrank();
        for (uint256 i = 0; i < 4; ++i) {
            aggregateDeposit(carol, xcd(1e18));
        }
        token.mint(carol, xcd(1e18));
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(LpAggregateVault.TooManyRequests.selector, carol, 8, 8));
        aggregate.requestDeposit(xcd(1e18), carol, carol);
        // They end with their settlement, or with their expiry.
        skip(DELAY + VALIDITY + 1);
        clearExpired();
        refreshPrice(START_PRICE);
        vm.prank(carol);
        aggregate.requestDeposit(xcd(1e18), carol, carol);
        assertEq(aggregate.openRequests(carol, true).length, 1);
        assertEq(aggregate.pendingDepositRequest(0, carol), xcd(1e18));
        assertEq(aggregate.claimableCancelDepositRequest(0, carol), xcd(4e18) + 4, "the others returned");
    }

    /// @dev T68: with the controller's account as receiver, the claim reported twice the amount, and with this contract as
    /// receiver the tokens became fees, which the owner collects.
    function test_T68_Claims_RevertIf_TheReceiverHoldsThemForOthers() public {
        returnedDeposit(carol, xcd(10e18));
        aggregateEnter(carol, xcd(10e18));
        aggregateDeposit(carol, xcd(5e18));
        settleAt(START_PRICE);
        address[2] memory receivers = [aggregate.accountOf(carol), address(aggregate)];
        for (uint256 i = 0; i < receivers.length; ++i) {
            bytes memory refusal = abi.encodeWithSignature("InvalidReceiver(address)", receivers[i]);
            vm.startPrank(carol);
            vm.expectRevert(refusal);
            aggregate.claimCancelDepositRequest(0, receivers[i], carol);
            vm.expectRevert(refusal);
            aggregate.claimCancelRedeemRequest(0, receivers[i], carol);
            vm.expectRevert(refusal);
            aggregate.deposit(xcd(5e18), receivers[i], carol);
            vm.expectRevert(refusal);
            aggregate.mint(1, receivers[i], carol);
            vm.expectRevert(refusal);
            aggregate.redeem(1, receivers[i], carol);
            vm.expectRevert(refusal);
            aggregate.withdraw(1, receivers[i], carol);
            vm.stopPrank();
        }
        vm.prank(carol);
        assertEq(aggregate.claimCancelDepositRequest(0, carol, carol), xcd(10e18), "reported once");
        assertEq(token.balanceOf(carol), xcd(10e18));
        vm.prank(owner());
        aggregate.collect(dave);
        assertEq(token.balanceOf(dave) + maker.balanceOf(dave), 0, "nothing of the controller's");
    }

    /// @dev Tokens in the controller's account, or here, are of use to the controller or the owner only, and change no other
    /// view.
    function test_T11_Donations_BelongToTheController() public {
        uint256 shares = aggregateEnter(carol, xcd(10e18));
        address account = aggregate.accountOf(carol);
        uint256 worth = aggregate.convertToAssets(shares);
        token.mint(account, xcd(3e18));
        token.mint(address(aggregate), xcd(3e18));
        assertEq(aggregate.convertToAssets(shares), worth);
        assertEq(aggregate.pendingDepositRequest(0, carol) + aggregate.maxDeposit(carol), 0);
        assertEq(aggregate.claimableCancelDepositRequest(0, carol), xcd(3e18));
        aggregateDeposit(dave, xcd(1e18));
        assertEq(aggregate.pendingDepositRequest(0, dave), xcd(1e18), "not a part of a later deposit");
        aggregate.pushReturned(carol, true);
        assertEq(token.balanceOf(carol), xcd(3e18));
    }

    /// @dev A request for the controller's account at the request vault itself: a gift, in full.
    function test_RequestPastTheAggregate_IsAGift() public {
        aggregateDeposit(carol, xcd(10e18));
        address account = aggregate.accountOf(carol);
        token.mint(dave, xcd(1e18));
        vm.prank(dave);
        requests.requestDeposit{value: KEEPER_FEE}(xcd(1e18), account, dave);
        settleAt(START_PRICE);
        assertEq(aggregate.maxDeposit(carol), xcd(11e18));
        uint256 shares = aggregate.maxMint(carol);
        vm.prank(carol);
        aggregate.mint(shares, carol);
        assertEq(maker.balanceOf(carol), shares);
    }

    /// @dev An approval for the aggregate vault is used for its owner only, and only the aggregate vault calls an account.
    function test_T19_ApprovalsAndAccounts() public {
        uint256 shares = aggregateEnter(carol, xcd(10e18));
        LpControllerAccount account = LpControllerAccount(aggregate.accountOf(carol));
        vm.startPrank(dave);
        bytes memory refusal =
            abi.encodeWithSelector(LpControllerAccount.NotAggregateVault.selector, dave, address(aggregate));
        vm.expectRevert(refusal);
        account.release(token, dave, 0);
        vm.expectRevert(refusal);
        account.connect(requests);
        vm.expectRevert();
        requests.requestRedeem{value: KEEPER_FEE}(shares, dave, carol);
        vm.stopPrank();
        assertEq(maker.balanceOf(carol), shares);
    }

    /// @dev Requests of any controllers, settled in part, returned or expired: each controller ends with what its own requests
    /// delivered, and nothing is left over.
    function testFuzz_Value_IsConserved(uint256 ofCarol, uint256 ofDave, uint256 room, bool expires) public {
        ofCarol = boundAmount(ofCarol, xcd(1e15), xcd(50e18));
        ofDave = boundAmount(ofDave, xcd(1e15), xcd(50e18));
        uint256 total = maker.totalAssets();
        aggregateDeposit(carol, ofCarol);
        aggregateDeposit(dave, ofDave);
        uint256 cap = total + boundAmount(room, 0, ofCarol + ofDave);
        vm.prank(owner());
        maker.setLpRules(uint128(cap), 500);
        if (expires) {
            skip(DELAY + VALIDITY + 1);
            clearExpired();
        } else {
            settleAt(START_PRICE);
        }
        _checkWhole(carol, ofCarol);
        _checkWhole(dave, ofDave);
        _claimAll(carol);
        _claimAll(dave);
        assertEq(token.balanceOf(address(requests)), 0);
        assertEq(maker.balanceOf(address(requests)), 0);
        assertEq(address(aggregate).balance, aggregate.prepaidOf(carol) + aggregate.prepaidOf(dave));
    }

    function _checkWhole(address account, uint256 assets) private view {
        assertEq(
            aggregate.pendingDepositRequest(0, account) + aggregate.claimableDepositRequest(0, account)
                + aggregate.claimableCancelDepositRequest(0, account),
            assets
        );
    }

    function _claimAll(address account) private {
        uint256 shares = aggregate.maxMint(account);
        uint256 returned = aggregate.claimableCancelDepositRequest(0, account);
        vm.startPrank(account);
        if (shares != 0) aggregate.mint(shares, account);
        if (returned != 0) aggregate.claimCancelDepositRequest(0, account, account);
        vm.stopPrank();
        assertEq(maker.balanceOf(account), shares);
        assertEq(token.balanceOf(account), returned);
        assertEq(maker.balanceOf(aggregate.accountOf(account)) + token.balanceOf(aggregate.accountOf(account)), 0);
    }
}

contract OracleMakerAggregateProtectionTest is LpAggregateVaultTest(MakerKind.Oracle), LpAggregateProtectionSuite {}

contract SpotHedgeBaseMakerAggregateProtectionTest is
    LpAggregateVaultTest(MakerKind.SpotHedgeBase),
    LpAggregateProtectionSuite
{}

contract SpotHedgeQuoteMakerAggregateProtectionTest is
    LpAggregateVaultTest(MakerKind.SpotHedgeQuote),
    LpAggregateProtectionSuite
{}

/// @dev T13: an asset that calls back in the middle of its transfers.
contract LpAggregateVaultReentrancyTest is LpAggregateVaultTest(MakerKind.Oracle) {
    function createCollateral() internal override returns (TestToken) {
        return TestToken(deployCode("ReentrantToken.sol:ReentrantToken", abi.encode("USD", "USD", uint8(6))));
    }

    function test_T13_RequestsAndClaims_AreNotReentered() public {
        vm.prank(carol);
        aggregate.setOperator(address(usd), true);
        _arm(abi.encodeCall(aggregate.requestDeposit, (1, carol, carol)));
        aggregateDeposit(carol, 1000 * USD);
        _checkRefused();
        assertEq(aggregate.openRequests(carol, true).length, 1);
        settleAt(START_PRICE);
        uint256 shares = aggregate.maxMint(carol);
        vm.prank(carol);
        aggregate.mint(shares, carol);
        refreshPrice(START_PRICE);
        aggregateRedeem(carol, shares);
        settleAt(START_PRICE);
        uint256 assets = aggregate.maxWithdraw(carol);
        _arm(abi.encodeCall(aggregate.withdraw, (assets, carol, carol)));
        vm.prank(carol);
        aggregate.redeem(shares, carol, carol);
        _checkRefused();
        assertEq(usd.balanceOf(carol), assets);
        refreshPrice(START_PRICE);
        vm.prank(carol);
        usd.transfer(dave, assets);
        returnedDeposit(carol, 1000 * USD);
        _arm(abi.encodeCall(aggregate.pushReturned, (carol, true)));
        vm.prank(carol);
        aggregate.claimCancelDepositRequest(0, carol, carol);
        _checkRefused();
        assertEq(usd.balanceOf(carol), 1000 * USD, "paid once");
    }

    function _arm(bytes memory call) private {
        ReentrantToken(address(usd)).arm(address(aggregate), call);
    }

    function _checkRefused() private view {
        ReentrantToken hostile = ReentrantToken(address(usd));
        assertTrue(hostile.tried(), "the token was not called");
        assertFalse(hostile.succeeded(), "the call succeeded");
        assertEq(bytes4(hostile.answer()), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
    }
}

/// @dev An asset that blocks the controller, its account or the aggregate vault. Value leaves to another receiver.
contract LpAggregateVaultBlocklistTest is LpAggregateVaultTest(MakerKind.Oracle) {
    function createCollateral() internal override returns (TestToken) {
        return TestToken(deployCode("BlocklistToken.sol:BlocklistToken", abi.encode("USD", "USD", uint8(6))));
    }

    function test_BlockedController_ClaimsToAnotherReceiver() public {
        uint256 shares = aggregateEnter(carol, 1000 * USD);
        returnedDeposit(carol, 500 * USD);
        aggregateRedeem(carol, shares);
        settleAt(START_PRICE);
        _block(carol);
        _block(aggregate.accountOf(carol));
        _block(address(aggregate));
        uint256 assets = aggregate.maxWithdraw(carol);
        vm.expectPartialRevert(BlocklistToken.Blocked.selector);
        aggregate.pushReturned(carol, true);
        vm.startPrank(carol);
        vm.expectPartialRevert(BlocklistToken.Blocked.selector);
        aggregate.withdraw(assets, carol, carol);
        aggregate.withdraw(assets, dave, carol);
        aggregate.claimCancelDepositRequest(0, dave, carol);
        vm.stopPrank();
        assertEq(usd.balanceOf(dave), assets + 500 * USD);
    }

    /// @dev A return that cannot be pushed keeps its place and does not stop later requests.
    function test_BlockedAccount_DoesNotStopRequests() public {
        returnedDeposit(carol, 500 * USD);
        _block(aggregate.accountOf(carol));
        aggregateDeposit(carol, 100 * USD);
        assertEq(aggregate.openRequests(carol, true).length, 2);
        assertEq(aggregate.claimableCancelDepositRequest(0, carol), 500 * USD);
        vm.prank(carol);
        aggregate.claimCancelDepositRequest(0, carol, carol);
        assertEq(usd.balanceOf(carol), 500 * USD);
    }

    function _block(address account) private {
        BlocklistToken(address(usd)).setBlocked(account, true);
    }
}
