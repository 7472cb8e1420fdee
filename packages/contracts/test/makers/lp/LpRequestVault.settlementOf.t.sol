// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {LpSettlement} from "../../../src/makers/lp/LpSettlement.sol";
import {MarketStatus} from "../../../src/types/Market.sol";
import {LpRequestVaultTest} from "../../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

/// @dev `settlementOf` answers what `settle` then does at the same price, in every state of every maker.
abstract contract LpSettlementOfSuite is LpRequestVaultTest {
    struct State {
        uint256 size;
        uint256 price;
        uint256 minOut;
        uint256 room;
        uint256 fill;
        bool isDeposit;
        bool isAssetOnly;
        bool isPaused;
        bool isLate;
    }

    function testFuzz_SettlementOf_IsWhatSettleDoes(State memory state) public {
        uint256 shares = enter(carol, xcd(10e18));
        state.size = boundSize(state.size, 0, 20e18);
        if (state.size > 1e17) openPosition(100_000, state.size);
        uint256 id = _request(state, shares);
        if (state.isDeposit) {
            state.room = boundAmount(state.room, 1, 2 * maker.totalAssets());
            vm.prank(owner());
            maker.setLpRules(uint128(state.room), 500);
        }
        vm.warp(stateOf(id).executableAt);
        state.price = boundPrice(state.price, 1_800e18, 2_200e18) / 1e10 * 1e10;
        setPrice(state.price);
        // A fill after the price of the request, or of the same second.
        if (state.fill % 3 == 0 && state.size > 1e17) closePosition();
        if (state.isPaused) {
            vm.prank(owner());
            house.setMarketStatus(market, MarketStatus.Paused);
        }
        if (state.isLate) vm.warp(stateOf(id).expiresAt + 1);
        (bool settlesNow, bytes memory reason, uint256 latestAt) = requests.settlementOf(id);
        assertEq(latestAt, stateOf(id).expiresAt);
        assertEq(settlesNow, reason.length == 0);
        vm.recordLogs();
        try this.settleAs(state.price, stateOf(id).executableAt) {
            assertTrue(stateOf(id).isClosed);
            assertEq(stateOf(id).amount != 0, settlesNow, "settled");
            if (!settlesNow) assertEq(bytes4(_reasonOfReturn()), bytes4(reason), "returned");
        } catch (bytes memory failure) {
            assertFalse(settlesNow, "stays open");
            assertEq(bytes4(failure), bytes4(reason));
        }
    }

    function settleAs(uint256 price, uint256 executableAt) external {
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(price, executableAt);
        settleWith(updates);
    }

    function _request(State memory state, uint256 shares) private returns (uint256) {
        if (state.isDeposit) return requestDeposit(carol, xcd(7e18), boundShares(state.minOut, 0, 8e18), 0);
        state.minOut = boundAmountXCD(state.minOut, 0, xcd(11e18));
        if (!state.isAssetOnly) return requestRedeem(carol, shares, state.minOut, 0);
        vm.prank(carol);
        return requests.requestRedeemInAsset{value: KEEPER_FEE}(shares, carol, carol, state.minOut, 0);
    }

    function _reasonOfReturn() private returns (bytes memory reason) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != LpSettlement.RequestReturned.selector) continue;
            (, reason) = abi.decode(logs[i].data, (uint256, bytes));
        }
    }
}

contract OracleMakerSettlementOfTest is LpRequestVaultTest(MakerKind.Oracle), LpSettlementOfSuite {}

contract SpotHedgeBaseMakerSettlementOfTest is LpRequestVaultTest(MakerKind.SpotHedgeBase), LpSettlementOfSuite {}

contract SpotHedgeQuoteMakerSettlementOfTest is LpRequestVaultTest(MakerKind.SpotHedgeQuote), LpSettlementOfSuite {}
