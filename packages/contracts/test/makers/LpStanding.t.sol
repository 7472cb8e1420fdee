// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {LpRequests} from "../../src/makers/LpRequests.sol";
import {LpVault} from "../../src/makers/LpVault.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {FaultyToken} from "../utils/FaultyToken.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LpRequestsTest} from "../utils/LpRequestsTest.sol";
import {SecondSourceTest} from "../utils/SecondSourceTest.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev T28 and T16 for requests: which failures leave a request standing, unpaid, and which return it. With a second
/// source within 1%, confidence within 0.5%, and a breaker that lets a part of either token out in a day.
abstract contract LpStandingSharedTest is LpRequestsTest, SecondSourceTest {
    CircuitBreaker internal breaker;
    FaultyToken internal faulty;

    function config() internal override(ExchangeTest, SecondSourceTest) returns (DeployConfig memory c) {
        c = super.config();
        c.feed.maxConfidence = 5000;
        (c.breakerWindow, c.breakerMaxOutflow) = (1 days, 100_000);
    }

    function createCollateral() internal override returns (TestToken) {
        return TestToken(deployCode("FaultyToken.sol:FaultyToken", abi.encode("USD", "USD", uint8(6))));
    }

    function createBaseToken() internal override returns (TestToken) {
        return TestToken(deployCode("FaultyToken.sol:FaultyToken", abi.encode("WETH", "WETH", uint8(18))));
    }

    function setUp() public override(ExchangeTest, LpRequestsTest) {
        super.setUp();
        faulty = FaultyToken(address(token));
        breaker = d.breaker;
        address[] memory holders = new address[](1);
        holders[0] = address(shb);
        vm.startPrank(owner());
        breaker.acceptOwnership();
        breaker.setProtected(address(shb), true);
        breaker.setHolders(address(weth), holders);
        breaker.setLimit(address(weth), CircuitBreaker.Limit({window: 1 days, maxOutflow: 200_000, minimum: 0}));
        vm.stopPrank();
        enter(carol, xcd(20e18));
        // What has come in is nobody's credit any more.
        skip(2 days);
        publish(START_PRICE);
    }

    /// @dev Both sources, now.
    function publish(uint256 price) internal {
        setPrice(price);
        second.push(int256(price / 1e10), timestamp());
    }

    function giveInventory() internal virtual;

    /// @dev Somebody who may takes out all that the breaker lets out.
    function useUpOutflow() internal virtual;

    // ------------------------------------------------------------------------------------------ what leaves it ----

    /// @dev A late keeper waits until the second source has moved away from the request's price.
    function test_T28_T15_SourcesThatDisagreeLater_LeaveTheRequest() public {
        giveInventory();
        for (uint256 i = 0; i < 2; ++i) {
            uint256 snapshot = vm.snapshotState();
            uint256 id = _request(i == 0);
            skip(30);
            second.push(1900e8, timestamp());
            _checkStands(
                id, abi.encodeWithSelector(PythOracle.SourcesDisagree.selector, FEED, START_PRICE, 1900e18, 10_000)
            );
            second.push(1985e8, timestamp());
            _checkSettles(id);
            vm.revertToState(snapshot);
        }
    }

    /// @dev Whoever can withdraw uses the limit up in the transaction in which it settles somebody's exit.
    function test_T28_UsedUpBreaker_LeavesTheRequest() public {
        giveInventory();
        uint256 id = _request(false);
        useUpOutflow();
        _checkStandsPartial(id, ICircuitBreaker.OutflowLimitExceeded.selector);
        vm.prank(owner());
        breaker.resetMeter(address(token));
        _checkSettles(id);
    }

    function test_T28_TokenThatStops_LeavesTheRequest() public {
        for (uint256 i = 0; i < 2; ++i) {
            uint256 snapshot = vm.snapshotState();
            uint256 id = _request(i == 0);
            faulty.setFault(FaultyToken.Fault.Reverts);
            _checkStandsPartial(id, FaultyToken.Stopped.selector);
            faulty.setFault(FaultyToken.Fault.None);
            _checkSettles(id);
            vm.revertToState(snapshot);
        }
    }

    /// @dev Gas that runs out inside the settlement, far above the floor, says nothing about the request.
    function test_T28_GasThatRunsOut_LeavesTheRequest() public {
        for (uint256 i = 0; i < 2; ++i) {
            uint256 snapshot = vm.snapshotState();
            uint256 id = _request(i == 0);
            faulty.setFault(FaultyToken.Fault.BurnsGas);
            bytes memory before = abi.encode(stateOf(id));
            bytes[][] memory updates = _updates(id);
            vm.prank(keeper);
            (bool done,) =
                address(requests).call{gas: 10_000_000}(abi.encodeCall(LpRequests.settle, (updates, type(uint256).max)));
            assertFalse(done);
            assertEq(abi.encode(stateOf(id)), before);
            assertEq(keeper.balance, KEEPER_FEE, "only the fixture's");
            faulty.setFault(FaultyToken.Fault.None);
            _checkSettles(id);
            vm.revertToState(snapshot);
        }
    }

    /// @dev T25: what was done before the one that stands stays done and paid; nothing after it is touched.
    function test_T28_T25_ABatchStopsAtWhatStands() public {
        uint256 first = _request(true);
        skip(2);
        uint256 standing = _request(true);
        uint256 last = _request(true);
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
        // Nothing of the execution price is left, and the next call learns why.
        (, bytes memory price) = address(oracle).staticcall(abi.encodeCall(oracle.getPrice, (market)));
        assertEq(abi.decode(price, (uint256)), START_PRICE);
        updates[0] = updates[1];
        vm.expectPartialRevert(PythOracle.SourcesDisagree.selector);
        this.settleAsKeeper(updates);
    }

    /// @dev What stands holds up the others until it expires, and no longer; nobody could take it back before (T16).
    function test_T28_T16_WhatStands_ExpiresAndComesBack() public {
        uint256 id = _request(true);
        uint256 amount = stateOf(id).amount;
        skip(40);
        uint256 next = _request(false);
        second.push(1900e8, timestamp());
        _checkStandsPartial(id, PythOracle.SourcesDisagree.selector);
        uint256 expiresAt = stateOf(id).expiresAt;
        vm.warp(expiresAt);
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(LpRequests.RequestNotExpired.selector, expiresAt, expiresAt));
        requests.cancelDepositRequest(id, carol);
        vm.warp(expiresAt + 1);
        second.push(2000e8, timestamp());
        uint256 paid = keeper.balance;
        vm.expectEmit(address(requests));
        emit LpRequests.RequestReturned(
            id, carol, amount, abi.encodeWithSelector(LpRequests.RequestExpired.selector, expiresAt + 1, expiresAt)
        );
        assertEq(settleWith(_updates(next)), 2);
        assertEq(keeper.balance - paid, 2 * KEEPER_FEE);
        assertEq(requests.claimableCancelDepositRequest(id, carol), amount);
        assertGt(requests.claimableRedeemRequest(next, carol), 0);
    }

    // ----------------------------------------------------------------------------------------- what returns it ----

    /// @dev The confidence belongs to the one price that the request could ever have: nobody chooses it, and waiting does
    /// not narrow it.
    function test_ConfidenceTooWide_ComesBack() public {
        uint256 wide = _request(true);
        skip(1);
        uint256 next = _request(true);
        vm.warp(stateOf(next).executableAt);
        bytes[][] memory updates = new bytes[][](2);
        updates[0] = new bytes[](1);
        uint64 at = uint64(stateOf(wide).executableAt);
        updates[0][0] = pyth.createPriceFeedUpdateData(FEED, 2000e8, 10e8 + 1, -8, 2000e8, 0, at, at - 1);
        updates[1] = firstUpdate(START_PRICE, stateOf(next).executableAt);
        uint256 amount = stateOf(wide).amount;
        vm.expectEmit(address(requests));
        emit LpRequests.RequestReturned(
            wide, carol, amount, abi.encodeWithSelector(PythOracle.ConfidenceTooWide.selector, 10e18 + 1e10, 10e18)
        );
        assertEq(settleWith(updates), 2, "the next one waits for nothing");
        assertEq(requests.claimableDepositRequest(next, carol), amount);
    }

    /// @dev No amount and no minimum that an LP can ask for holds up the queue: it settles or comes back. Exits larger than
    /// what the breaker lets out are the one exception.
    function testFuzz_T28_NoTermsOfAnLpHoldUpTheQueue(uint256 amount, uint256 minOut, uint256 bits, bool isDeposit)
        public
    {
        giveInventory();
        amount = bound(amount, 1, 2 ** bound(bits, 1, 127));
        minOut = bound(minOut, 0, type(uint128).max);
        uint256 id = requests.requestCount() + 1;
        if (isDeposit) requestDeposit(dave, amount, minOut, 0);
        else requestRedeem(carol, bound(amount, 1, maker.balanceOf(carol) / 4), minOut, 0);
        assertEq(settleAt(START_PRICE), 1);
        assertTrue(stateOf(id).isClosed);
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function settleAsKeeper(bytes[][] calldata updates) external {
        settleWith(updates);
    }

    /// @dev Carol enters with or leaves with a part of what she has.
    function _request(bool isDeposit) internal returns (uint256 id) {
        return isDeposit ? requestDeposit(carol, xcd(5e18)) : requestRedeem(carol, maker.balanceOf(carol) / 2);
    }

    function _updates(uint256 id) internal returns (bytes[][] memory updates) {
        uint256 executableAt = stateOf(id).executableAt;
        if (timestamp() < executableAt) vm.warp(executableAt);
        updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, executableAt);
    }

    function _checkStands(uint256 id, bytes memory reason) internal {
        (bytes[][] memory updates, bytes memory before) = (_updates(id), abi.encode(stateOf(id)));
        (uint256 paid, uint256 escrow) = (keeper.balance, address(requests).balance);
        vm.expectRevert(reason);
        this.settleAsKeeper(updates);
        _checkUntouched(id, before, paid, escrow);
    }

    function _checkStandsPartial(uint256 id, bytes4 reason) internal {
        (bytes[][] memory updates, bytes memory before) = (_updates(id), abi.encode(stateOf(id)));
        (uint256 paid, uint256 escrow) = (keeper.balance, address(requests).balance);
        vm.expectPartialRevert(reason);
        this.settleAsKeeper(updates);
        _checkUntouched(id, before, paid, escrow);
    }

    function _checkUntouched(uint256 id, bytes memory before, uint256 paid, uint256 escrow) private view {
        assertEq(abi.encode(stateOf(id)), before, "as it was");
        assertEq(requests.head(), id);
        assertEq(keeper.balance, paid, "unpaid");
        assertEq(address(requests).balance, escrow);
    }

    /// @dev At its own first price, for its fee.
    function _checkSettles(uint256 id) internal {
        uint256 paid = keeper.balance;
        assertEq(settleWith(_updates(id)), 1);
        assertEq(keeper.balance - paid, KEEPER_FEE);
        assertEq(stateOf(id).returned, 0);
        assertGt(stateOf(id).amount, 0);
    }
}

contract OracleMakerStandingTest is LpStandingSharedTest {
    function makerUnderTest() internal view override returns (LpVault, LpRequests, TestToken) {
        return (om, omRequests, usd);
    }

    function giveInventory() internal override {
        addMargin(alice, 100_000 * USD);
        buy(alice, address(om), 20e18);
    }

    function useUpOutflow() internal override {
        (uint256 left,) = breaker.available(address(usd));
        vm.prank(alice);
        vault.withdraw(left, alice);
    }

    /// @dev While a market is paused nobody leaves a maker that has a position in it. Deposits do not need the position's
    /// requirement, and settle.
    function test_T28_Pause_LeavesTheRequest() public {
        giveInventory();
        uint256 id = _request(false);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        _checkStands(id, abi.encodeWithSelector(IVault.MarketFrozen.selector, market));
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Active);
        _checkSettles(id);
    }

    /// @dev The Vault's own cap is a limit of what can be taken, and comes back: an LP that asks for a deposit which the
    /// Vault has no room for must not hold up those who leave.
    function test_VaultsDepositCap_ComesBack() public {
        uint256 id = _request(true);
        uint256 exit = _request(false);
        uint256 held = usd.balanceOf(address(vault));
        vm.prank(owner());
        house.setDepositCap(held + xcd(5e18) - 1);
        bytes memory reason =
            abi.encodeWithSelector(IVault.DepositCapExceeded.selector, held + xcd(5e18), held + xcd(5e18) - 1);
        uint256 amount = stateOf(id).amount;
        bytes[][] memory updates = _updates(id);
        vm.expectEmit(address(requests));
        emit LpRequests.RequestReturned(id, carol, amount, reason);
        assertEq(settleWith(updates), 2);
        assertGt(requests.claimableRedeemRequest(exit, carol), 0);
    }
}

contract SpotHedgeBaseMakerStandingTest is LpStandingSharedTest {
    function makerUnderTest() internal view override returns (LpVault, LpRequests, TestToken) {
        return (shb, shbRequests, weth);
    }

    function giveInventory() internal override {
        addMargin(alice, 100_000 * USD);
        sell(alice, address(shb), 4e18);
    }

    function useUpOutflow() internal override {
        (uint256 left,) = breaker.available(address(weth));
        uint256 shares = left * shb.totalSupply() / shb.totalAssets();
        vm.prank(lp);
        shb.withdraw(shares);
    }
}
