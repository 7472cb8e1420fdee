// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {IVault} from "../../../src/interfaces/IVault.sol";
import {LpSettlement} from "../../../src/makers/lp/LpSettlement.sol";
import {PythOracle} from "../../../src/oracle/PythOracle.sol";
import {SourceRegistry} from "../../../src/oracle/SourceRegistry.sol";
import {LockUser} from "../../utils/LockUser.sol";
import {LpRequestVaultTest} from "../../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

abstract contract LpRequestSettleSuite is LpRequestVaultTest {
    // -------------------------------------------------------------------------------------------- price and order ----

    /// @dev A request settles at the first price at or after its time, independent of stored and later prices.
    function test_Settle_AtTheUniqueFirstPrice() public {
        requestDeposit(carol, xcd(10e18));
        vm.warp(START + DELAY + 5);
        setPrice(3000e18);
        vm.expectEmit(true, true, false, false, address(requests));
        emit LpSettlement.RequestSettled(1, carol, true, 0, 0, 0, 1500e18);
        bytes[][] memory updates = new bytes[][](1);
        // Reverts if an earlier update of the window exists.
        updates[0] = new bytes[](1);
        updates[0][0] = priceUpdate(1500e18, START + DELAY + 2, START + DELAY);
        vm.expectRevert();
        settleWith(updates);
        updates[0][0] = priceUpdate(1500e18, START + DELAY, START + DELAY - 1);
        settleWith(updates);
        // The execution price is not stored.
        assertEq(oracle.isExecutor(address(requests)), true);
        (, bytes memory price) = address(oracle).staticcall(abi.encodeCall(oracle.getPrice, (market)));
        assertEq(abi.decode(price, (uint256)), 3000e18);
    }

    /// @dev First in, first out: a later request cannot settle before an earlier one that is still pending.
    function test_Settle_InOrder() public {
        requestDeposit(carol, xcd(1e18));
        skip(2);
        requestDeposit(dave, xcd(2e18));
        vm.warp(START + DELAY + 10);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, START + DELAY + 2);
        updates[0][0] = priceUpdate(START_PRICE, START + DELAY + 2, START + DELAY + 1);
        // Not the first price for the head: an earlier one exists.
        vm.expectRevert();
        settleWith(updates);
        updates = new bytes[][](2);
        updates[0] = firstUpdate(START_PRICE, START + DELAY);
        updates[1] = firstUpdate(2100e18, START + DELAY + 2);
        vm.expectEmit(true, true, false, false, address(requests));
        emit LpSettlement.RequestSettled(1, carol, true, 0, 0, 0, 0);
        vm.expectEmit(true, true, false, false, address(requests));
        emit LpSettlement.RequestSettled(2, dave, true, 0, 0, 0, 0);
        assertEq(settleWith(updates), 2);
    }

    /// @dev After an outage of the price source one price settles all requests that waited for it.
    function test_Settle_AfterAPriceGap() public {
        requestDeposit(carol, xcd(1e18));
        skip(5);
        requestDeposit(dave, xcd(2e18));
        vm.warp(START + 40);
        bytes[][] memory updates = new bytes[][](2);
        updates[0] = new bytes[](1);
        updates[0][0] = priceUpdate(1900e18, START + 40, START + 1);
        updates[1] = updates[0];
        assertEq(settleWith(updates), 2);
    }

    function test_T6_MissedMinimum_IsReturned() public {
        setRequestFee(0);
        requestDeposit(carol, xcd(10e18), 10e18 + 1, 0);
        requestDeposit(dave, xcd(10e18), 10e18, 0);
        vm.expectEmit(address(requests));
        emit LpSettlement.RequestReturned(
            1, carol, xcd(10e18), abi.encodeWithSelector(ILpVault.LessThanMinimum.selector, 10e18, 10e18 + 1)
        );
        assertEq(settleAt(START_PRICE), 2);
        assertEq(keeper.balance, 2 * KEEPER_FEE, "the keeper is paid for both");
        assertEq(requests.maxDeposit(carol), 0);
        assertEq(requests.maxMint(dave), 10e18, "the other request settles");
        uint256 shares = claimShares(dave);
        requestRedeem(dave, shares, xcd(10e18) + 1, 0);
        settleAt(START_PRICE);
        assertEq(requests.claimableCancelRedeemRequest(3, dave), shares);
        assertFalse(requests.pendingCancelRedeemRequest(3, dave));
        vm.prank(dave);
        requests.claimCancelRedeemRequest(3, dave, dave);
        assertEq(maker.balanceOf(dave), shares);
        requestRedeem(dave, shares, xcd(10e18), 0);
        settleAt(START_PRICE);
        assertEq(claimAssets(dave), xcd(10e18));
    }

    /// @dev The head expires unsettled. The same call returns it and settles the next request.
    function test_ExpiredHead_DoesNotBlockTheQueue() public {
        requestDeposit(carol, xcd(1e18));
        skip(1);
        requestDeposit(dave, xcd(2e18));
        vm.warp(START + DELAY + VALIDITY + 1);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, START + DELAY + 1);
        assertEq(settleWith(updates), 2);
        assertEq(requests.claimableCancelDepositRequest(1, carol), xcd(1e18));
        assertEq(requests.claimableDepositRequest(2, dave), xcd(2e18));
    }

    function test_Expired_IsReturnedForTheKeeperFee() public {
        requestDeposit(carol, xcd(1e18));
        uint256 expiresAt = START + DELAY + VALIDITY;
        vm.warp(expiresAt + 1);
        vm.expectEmit(address(requests));
        emit LpSettlement.RequestReturned(
            1, carol, xcd(1e18), abi.encodeWithSelector(LpSettlement.RequestExpired.selector, expiresAt + 1, expiresAt)
        );
        assertEq(clearExpired(), 1);
        assertEq(keeper.balance, KEEPER_FEE);
        assertEq(requests.claimableCancelDepositRequest(1, carol), xcd(1e18));
    }

    // ---------------------------------------------------------------------------------------------------- reverts ----

    function test_RevertIf_NotYetExecutable() public {
        requestDeposit(carol, xcd(1e18));
        vm.expectRevert(abi.encodeWithSelector(LpSettlement.NothingToSettle.selector, 1, 1));
        clearExpired();
        vm.warp(START + DELAY - 1);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, START + DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(LpSettlement.NothingToSettle.selector, 1, 1));
        settleWith(updates);
    }

    function test_RevertIf_QueueIsEmpty() public {
        vm.expectRevert(abi.encodeWithSelector(LpSettlement.NothingToSettle.selector, 1, 0));
        clearExpired();
    }

    /// @dev T28: while the keeper holds the lock, the maker would refuse every request.
    function test_T28_RevertIf_Locked() public {
        requestDeposit(carol, xcd(1e18));
        vm.warp(START + DELAY);
        LockUser user = new LockUser(vault);
        user.lockAnd(address(requests), abi.encodeCall(requests.settle, (new bytes[][](0), 10)));
        assertFalse(user.succeeded());
        assertEq(user.answer(), abi.encodeWithSelector(IVault.Locked.selector, user));
    }

    // ----------------------------------------------------------------------------------------------------- keeper ----

    function test_MaxRequests_BoundsTheBatch() public {
        requestDeposit(carol, xcd(1e18));
        requestDeposit(dave, xcd(1e18));
        bytes[][] memory updates = _updatesWhenDue();
        vm.prank(keeper);
        assertEq(requests.settle(updates, 1), 1);
        assertEq(settleWith(updates), 1);
    }

    function test_SourceFee_FromTheAttachedValue() public {
        requestDeposit(carol, xcd(1e18));
        bytes[][] memory updates = _updatesWhenDue();
        vm.deal(keeper, 10);
        uint256 float = address(oracle).balance;
        vm.prank(keeper);
        requests.settle{value: 10}(updates, 10);
        assertEq(address(oracle).balance, float);
        assertEq(keeper.balance, 9 + KEEPER_FEE);
        assertEq(address(requests).balance, 0);
    }

    /// @dev T25: a bad update in the middle ends the batch and keeps the earlier settlements.
    function test_T25_BadUpdate_KeepsEarlierSettlements() public {
        requestDeposit(carol, xcd(1e18));
        skip(2);
        requestDeposit(dave, xcd(2e18));
        vm.warp(START + DELAY + 10);
        bytes[][] memory updates = new bytes[][](2);
        updates[0] = firstUpdate(START_PRICE, START + DELAY);
        updates[1] = firstUpdate(START_PRICE, START + DELAY);
        assertEq(settleWith(updates), 1);
        assertEq(requests.head(), 2);
        assertEq(requests.pendingDepositRequest(2, dave), xcd(2e18));
        updates[0] = new bytes[](1);
        updates[0][0] = "not an update";
        vm.expectRevert();
        settleWith(updates);
    }

    /// @dev T28: an unreadable price is no reason to return the request. LpRequestVault.settleFailures.t.sol has the
    /// other reasons.
    function test_T28_UnreadablePrice_RequestStaysPending() public {
        bytes memory reason = abi.encodeWithSelector(SourceRegistry.UnknownFeed.selector, market);
        requestDeposit(carol, xcd(1e18));
        bytes memory before = abi.encode(stateOf(1));
        bytes[][] memory updates = _updatesWhenDue();
        vm.mockCallRevert(address(oracle), abi.encodeCall(oracle.checkIncrease, (market)), reason);
        vm.expectRevert(reason);
        settleWith(updates);
        assertEq(abi.encode(stateOf(1)), before);
        vm.clearMockedCalls();
        assertEq(settleWith(updates), 1);
    }

    /// @dev T28: with too little gas the call reverts and the request stays pending.
    function test_T28_TooLittleGas_RequestStaysPending() public {
        requestDeposit(carol, xcd(1e18));
        bytes[][] memory updates = _updatesWhenDue();
        bytes memory call = abi.encodeCall(LpSettlement.settle, (updates, 10));
        for (uint256 gasLimit = 100_000; gasLimit < 1_100_000; gasLimit += 50_000) {
            vm.prank(keeper);
            (bool done,) = address(requests).call{gas: gasLimit}(call);
            assertFalse(done && requests.pendingDepositRequest(1, carol) == 0 && requests.maxDeposit(carol) == 0);
            if (done) break;
        }
    }

    /// @dev Without the executor role no price can be supplied: requests expire and are returned.
    function test_RevokedExecutor_RequestsAreReturned() public {
        vm.prank(owner());
        oracle.setExecutor(address(requests), false);
        requestDeposit(carol, xcd(1e18));
        bytes[][] memory updates = _updatesWhenDue();
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NotExecutor.selector, address(requests)));
        settleWith(updates);
        vm.warp(START + DELAY + VALIDITY + 1);
        vm.startPrank(carol);
        requests.cancelDepositRequest(1, carol);
        requests.claimCancelDepositRequest(1, carol, carol);
        vm.stopPrank();
        assertEq(token.balanceOf(carol), xcd(1e18));
    }

    /// @dev Waits until requests of the start are due, and returns the update that settles them.
    function _updatesWhenDue() private returns (bytes[][] memory updates) {
        vm.warp(START + DELAY);
        updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, START + DELAY);
    }
}

contract OracleMakerSettleTest is LpRequestVaultTest(MakerKind.Oracle), LpRequestSettleSuite {}

contract SpotHedgeBaseMakerSettleTest is LpRequestVaultTest(MakerKind.SpotHedgeBase), LpRequestSettleSuite {}

contract SpotHedgeQuoteMakerSettleTest is LpRequestVaultTest(MakerKind.SpotHedgeQuote), LpRequestSettleSuite {}
