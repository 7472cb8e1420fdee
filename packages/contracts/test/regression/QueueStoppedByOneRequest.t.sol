// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpActions} from "../../src/interfaces/ILpModule.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {MAX_SETTLED} from "../../src/types/LpRequest.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../utils/MakerKind.sol";

/// @dev T62: claims of one controller overflowed outside the `try`, and failed requests at the head were tried again by
/// every call, unpaid.
contract QueueStoppedByOneRequestTest is LpRequestVaultTest {
    constructor() LpRequestVaultTest(MakerKind.Oracle) {}

    /// @dev A maker whose shares are worth nothing gives the most shares that a settlement may have. Carol never claims. Its
    /// request that cannot be booked returns, and Dave's deposit settles in the same call.
    function test_T62_ClaimsThatAreFull_DoNotStopTheQueue() public {
        vm.mockCall(
            address(maker), abi.encodeCall(ILpActions.settleDeposit, (1, 0)), abi.encode(uint256(1), MAX_SETTLED)
        );
        vm.deal(carol, 1000 ether);
        // 2^112 / 2^104 settlements, and one that finds no room.
        for (uint256 i = 0; i < 257; ++i) {
            requestDeposit(carol, 1);
        }
        uint256 last = requests.requestCount();
        uint256 next = requestDeposit(dave, 1000 * USD);
        assertEq(settleAt(START_PRICE), 258, "all of them");
        assertEq(keeper.balance, 258 * KEEPER_FEE, "each is paid for");
        assertEq(requests.maxMint(carol), 256 * MAX_SETTLED);
        assertEq(requests.claimableCancelDepositRequest(last, carol), 1, "returned");
        assertEq(requests.claimableDepositRequest(next, dave), 1000 * USD);
        (uint256 assets,) = requests.returnedOf(carol);
        assertEq(assets, 1);
        assertEq(requests.head(), next + 1);
    }

    /// @dev Ten redemptions wait for the end of a pause. Each call tries two of them and settles the deposit behind.
    function test_T62_WaitingRequests_CostAKeeperTwoAttempts() public {
        uint256 shares = enter(carol, 10_000 * USD);
        openPosition(100_000, 20e18);
        for (uint256 i = 0; i < 10; ++i) {
            requestRedeem(carol, shares / 10);
        }
        uint256 first = requests.head();
        uint256 entry = requestDeposit(dave, 1000 * USD);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        vm.warp(stateOf(entry).executableAt);
        vm.expectCall(address(maker), abi.encodeCall(ILpActions.settleRedeem, (shares / 10, 0, false)), 2);
        uint256 paid = keeper.balance;
        assertEq(settleAt(START_PRICE), 1);
        assertEq(keeper.balance - paid, KEEPER_FEE);
        assertEq(requests.claimableDepositRequest(entry, dave), 1000 * USD);
        assertEq(requests.head(), first);
    }

    /// @dev They keep their places and their price.
    function test_T62_WaitingRequests_SettleAfterThePause() public {
        uint256 shares = enter(carol, 10_000 * USD);
        openPosition(100_000, 20e18);
        for (uint256 i = 0; i < 10; ++i) {
            requestRedeem(carol, shares / 10);
        }
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        uint256 executableAt = stateOf(requests.head()).executableAt;
        vm.warp(executableAt);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, executableAt);
        vm.expectRevert(abi.encodeWithSelector(IVault.MarketFrozen.selector, market));
        this.settleAs(updates);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Active);
        assertEq(settleWith(updates), 10);
        assertEq(requests.maxRedeem(carol), shares / 10 * 10);
    }

    function settleAs(bytes[][] calldata updates) external {
        settleWith(updates);
    }
}
