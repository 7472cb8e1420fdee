// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPriceOracle} from "../../../src/interfaces/IPriceOracle.sol";
import {IVault} from "../../../src/interfaces/IVault.sol";
import {LpRequestVault} from "../../../src/makers/lp/LpRequestVault.sol";
import {LpSettlement} from "../../../src/makers/lp/LpSettlement.sol";
import {MAX_REQUESTED} from "../../../src/types/LpRequest.sol";
import {MarketStatus} from "../../../src/types/Market.sol";
import {FaultyToken} from "../../utils/FaultyToken.sol";
import {LpSettlementTest} from "../../utils/LpSettlementTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

/// @dev T28 and T16: the failures after which a request stays pending and the keeper is not paid, and those that return it.
abstract contract LpSettleFailuresSuite is LpSettlementTest {
    // ---------------------------------------------------------------------------------- the request stays pending ----

    /// @dev A keeper is late, and the second source has moved away from the price of the request.
    function test_T28_T15_SourcesDisagree_RequestStaysPending() public {
        giveInventory();
        for (uint256 i = 0; i < 2; ++i) {
            uint256 snapshot = vm.snapshotState();
            uint256 id = request(i == 0);
            skip(30);
            second.push(1900e8, timestamp());
            checkStaysPending(
                id, abi.encodeWithSelector(IPriceOracle.SourcesDisagree.selector, FEED, START_PRICE, 1900e18, 10_000)
            );
            second.push(1985e8, timestamp());
            checkSettles(id);
            vm.revertToState(snapshot);
        }
    }

    function test_T28_TokenReverts_RequestStaysPending() public {
        uint256 id = request(true);
        uint256 snapshot = vm.snapshotState();
        _checkRevertingToken(id);
        vm.revertToState(snapshot);
        checkSettles(id);
        _checkRevertingToken(request(false));
    }

    function _checkRevertingToken(uint256 id) private {
        faulty.setFault(FaultyToken.Fault.Reverts);
        checkStaysPendingPartial(id, FaultyToken.Stopped.selector);
        faulty.setFault(FaultyToken.Fault.None);
        checkSettles(id);
    }

    /// @dev Running out of gas inside the settlement, far above the gas floor, is no reason to return the request.
    function test_T28_OutOfGas_RequestStaysPending() public {
        for (uint256 i = 0; i < 2; ++i) {
            uint256 snapshot = vm.snapshotState();
            uint256 id = request(i == 0);
            faulty.setFault(FaultyToken.Fault.BurnsGas);
            bytes memory before = abi.encode(stateOf(id));
            bytes[][] memory updates = updatesFor(id);
            vm.prank(keeper);
            (bool done,) = address(requests).call{gas: 10_000_000}(
                abi.encodeCall(LpSettlement.settle, (updates, type(uint256).max))
            );
            assertFalse(done);
            assertEq(abi.encode(stateOf(id)), before);
            assertEq(keeper.balance, KEEPER_FEE, "only the fee of the fixture's request");
            faulty.setFault(FaultyToken.Fault.None);
            checkSettles(id);
            vm.revertToState(snapshot);
        }
    }

    /// @dev T25: settlements before a request that stays pending are kept, and their keeper fees are paid.
    function test_T28_T25_Batch_KeepsEarlierSettlements() public {
        uint256 first = request(true);
        skip(2);
        uint256 standing = request(true);
        uint256 last = request(true);
        vm.warp(stateOf(last).executableAt);
        bytes[][] memory updates = new bytes[][](2);
        updates[0] = firstUpdate(START_PRICE, stateOf(first).executableAt);
        updates[1] = firstUpdate(1900e18, stateOf(standing).executableAt);
        bytes memory before = abi.encode(stateOf(standing), stateOf(last));
        uint256 paid = keeper.balance;
        publish(START_PRICE);
        assertEq(settleWith(updates), 1);
        assertEq(keeper.balance - paid, KEEPER_FEE);
        assertEq(requests.head(), standing);
        assertEq(abi.encode(stateOf(standing), stateOf(last)), before);
        // The execution price is not stored, and the next call reverts with the reason.
        (, bytes memory price) = address(oracle).staticcall(abi.encodeCall(oracle.getPrice, (market)));
        assertEq(abi.decode(price, (uint256)), START_PRICE);
        updates[0] = updates[1];
        vm.expectPartialRevert(IPriceOracle.SourcesDisagree.selector);
        this.settleAsKeeper(updates);
    }

    /// @dev A pending request expires like any other. Its LP cannot cancel it before (T16).
    function test_T28_T16_PendingRequest_ExpiresAndIsReturned() public {
        uint256 id = request(true);
        uint256 amount = stateOf(id).amount;
        skip(40);
        uint256 next = request(false);
        second.push(1900e8, timestamp());
        checkStaysPendingPartial(id, IPriceOracle.SourcesDisagree.selector);
        uint256 expiresAt = stateOf(id).expiresAt;
        vm.warp(expiresAt);
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.RequestNotExpired.selector, expiresAt, expiresAt));
        requests.cancelDepositRequest(id, carol);
        vm.warp(expiresAt + 1);
        second.push(2000e8, timestamp());
        uint256 paid = keeper.balance;
        vm.expectEmit(address(requests));
        emit LpSettlement.RequestReturned(
            id, carol, amount, abi.encodeWithSelector(LpSettlement.RequestExpired.selector, expiresAt + 1, expiresAt)
        );
        assertEq(settleWith(updatesFor(next)), 2);
        assertEq(keeper.balance - paid, 2 * KEEPER_FEE);
        assertEq(requests.claimableCancelDepositRequest(id, carol), amount);
        assertGt(requests.claimableRedeemRequest(next, carol), 0);
    }

    // ------------------------------------------------------------------------------------ the request is returned ----

    /// @dev The confidence belongs to the only price at which the request can settle. No account can choose it, and
    /// waiting does not narrow it.
    function test_ConfidenceTooWide_IsReturned() public {
        uint256 wide = request(true);
        skip(1);
        uint256 next = request(true);
        vm.warp(stateOf(next).executableAt);
        bytes[][] memory updates = new bytes[][](2);
        updates[0] = new bytes[](1);
        uint64 at = uint64(stateOf(wide).executableAt);
        updates[0][0] = pyth.createPriceFeedUpdateData(FEED, 2000e8, 10e8 + 1, -8, 2000e8, 0, at, at - 1);
        updates[1] = firstUpdate(START_PRICE, stateOf(next).executableAt);
        uint256 amount = stateOf(wide).amount;
        vm.expectEmit(address(requests));
        emit LpSettlement.RequestReturned(
            wide, carol, amount, abi.encodeWithSelector(IPriceOracle.ConfidenceTooWide.selector, 10e18 + 1e10, 10e18)
        );
        assertEq(settleWith(updates), 2, "the next request settles in the same call");
        assertEq(requests.claimableDepositRequest(next, carol), amount);
    }

    /// @dev No amount and no minimum keeps a request pending: it settles or is returned.
    function testFuzz_T28_AnyRequest_SettlesOrIsReturned(uint256 amount, uint256 minOut, uint256 bits, bool isDeposit)
        public
    {
        giveInventory();
        amount = boundAmount(amount, 1, 2 ** boundNumber(bits, 1, 111));
        minOut = boundAmount(minOut, 0, MAX_REQUESTED);
        uint256 id = requests.requestCount() + 1;
        if (isDeposit) requestDeposit(dave, amount, minOut, 0);
        else requestRedeem(carol, boundPart(amount, maker.balanceOf(carol)), minOut, 0);
        assertEq(settleAt(START_PRICE), 1);
        assertTrue(stateOf(id).isClosed);
    }
}

contract OracleMakerSettleFailuresTest is LpSettlementTest(MakerKind.Oracle), LpSettleFailuresSuite {
    /// @dev While the market is paused, redemptions from a maker with a position stay pending. Deposits do not check
    /// the position's requirement, and settle.
    function test_T28_Pause_RequestStaysPending() public {
        giveInventory();
        uint256 id = request(false);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        checkStaysPending(id, abi.encodeWithSelector(IVault.MarketFrozen.selector, market));
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Active);
        checkSettles(id);
    }

    /// @dev A pending request is skipped, keeps its place and its price, and settles later.
    function test_T25_PendingRequest_DoesNotBlockTheQueue() public {
        giveInventory();
        uint256 first = request(true);
        uint256 exit = request(false);
        skip(1);
        uint256 entry = request(true);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        vm.warp(stateOf(entry).executableAt);
        bytes[][] memory updates = new bytes[][](2);
        updates[0] = firstUpdate(START_PRICE, stateOf(exit).executableAt);
        updates[1] = firstUpdate(2010e18, stateOf(entry).executableAt);
        bytes memory before = abi.encode(stateOf(exit));
        uint256 paid = keeper.balance;
        assertEq(settleWith(updates), 2);
        assertEq(keeper.balance - paid, 2 * KEEPER_FEE, "paid for the two settled requests");
        assertEq(requests.claimableDepositRequest(first, carol), xcd(5e18));
        assertEq(requests.claimableDepositRequest(entry, carol), xcd(5e18));
        assertEq(abi.encode(stateOf(exit)), before, "unchanged");
        assertEq(requests.head(), exit);

        // Another keeper finds nothing to settle and gets the reason, also for the whole queue.
        vm.expectRevert(abi.encodeWithSelector(IVault.MarketFrozen.selector, market));
        this.settleAsKeeper(updates);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Active);
        vm.expectEmit(true, true, false, false, address(requests));
        emit LpSettlement.RequestSettled(exit, carol, false, 0, 0, 0, START_PRICE);
        checkSettles(exit);
        assertEq(requests.head(), entry + 1, "after the requests that had settled");
    }

    /// @dev A deposit beyond the Vault's own deposit cap is returned: it must not block redemptions.
    function test_VaultDepositCapExceeded_IsReturned() public {
        uint256 id = request(true);
        uint256 exit = request(false);
        uint256 held = usd.balanceOf(address(vault));
        vm.prank(owner());
        house.setDepositCap(held + xcd(5e18) - 1);
        bytes memory reason =
            abi.encodeWithSelector(IVault.DepositCapExceeded.selector, held + xcd(5e18), held + xcd(5e18) - 1);
        uint256 amount = stateOf(id).amount;
        bytes[][] memory updates = updatesFor(id);
        vm.expectEmit(address(requests));
        emit LpSettlement.RequestReturned(id, carol, amount, reason);
        assertEq(settleWith(updates), 2);
        assertGt(requests.claimableRedeemRequest(exit, carol), 0);
    }
}

contract SpotHedgeBaseMakerSettleFailuresTest is LpSettlementTest(MakerKind.SpotHedgeBase), LpSettleFailuresSuite {}

contract SpotHedgeQuoteMakerSettleFailuresTest is LpSettlementTest(MakerKind.SpotHedgeQuote), LpSettleFailuresSuite {}
