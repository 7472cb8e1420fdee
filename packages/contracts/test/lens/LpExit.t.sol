// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IExitInKind} from "../../src/interfaces/IExitInKind.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {LpExitView} from "../../src/lens/LensTypes.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../utils/MakerKind.sol";

/// @dev The view of an LP's ways out, compared with the way itself. Carol is one of two LPs.
abstract contract LpExitSuite is LpRequestVaultTest {
    uint256 internal carols;

    function setUp() public virtual override {
        super.setUp();
        carols = enter(carol, kind == MakerKind.SpotHedgeBase ? 20e18 : 200_000 * USD);
        vm.prank(carol);
        maker.approve(address(backstop), type(uint256).max);
    }

    function look(uint256 requestId) internal view returns (LpExitView memory) {
        return d.lens.getLpExit(maker, carol, carols, requestId);
    }

    /// @dev A quote vault of this size pays from its balance, a base vault in base.
    function test_GetLpExit_BothWays() public {
        openPosition(900_000, 200e18);
        refreshPrice(START_PRICE);
        LpExitView memory before = look(0);
        assertTrue(before.settlesNow);
        assertEq(before.reason.length, 0);
        assertEq(before.latestAt, timestamp() + DELAY + VALIDITY);
        assertTrue(before.leavesInKind);
        assertEq(before.exitNotice, 1 hours);
        assertEq(before.lackingMargin, 0);
        // By request.
        uint256 snapshot = vm.snapshotState();
        uint256 id = requestRedeem(carol, carols);
        LpExitView memory waiting = look(id);
        assertFalse(waiting.settlesNow);
        assertEq(bytes4(waiting.reason), LpRequestVault.RequestNotDue.selector);
        assertEq(waiting.latestAt, before.latestAt);
        assertEq(keccak256(abi.encode(waiting.slice)), keccak256(abi.encode(before.slice)), "of the request's shares");
        skip(DELAY);
        setPrice(START_PRICE);
        LpExitView memory due = look(id);
        assertTrue(due.settlesNow);
        assertEq(due.burned, before.burned);
        settleAt(START_PRICE);
        assertEq(due.amountXCD, claimAssets(carol));
        assertEq(look(id).latestAt, 0, "closed");
        vm.revertToState(snapshot);
        // In kind, at the same price.
        vm.prank(carol);
        uint256 exitId = backstop.startExit(address(maker), carols);
        skip(1 hours);
        setPrice(START_PRICE);
        IExitInKind.Slice memory quoted = look(0).slice;
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        assertEq(keccak256(abi.encode(slice)), keccak256(abi.encode(quoted)));
    }

    /// @dev A dead feed: no request settles, and an exit in kind does.
    function test_GetLpExit_DeadFeed() public {
        openPosition(900_000, 200e18);
        skip(2 days);
        LpExitView memory result = look(0);
        assertFalse(result.settlesNow);
        assertGt(result.reason.length, 0);
        assertTrue(result.leavesInKind);
        assertEq(result.exitReason.length, 0);
    }

    function test_GetLpExit_SettledMarket() public {
        openPosition(900_000, 200e18);
        skip(3 days);
        backstop.announceSettlement(market, new bytes[](0));
        skip(1 days);
        backstop.settleMarket(market);
        LpExitView memory result = look(0);
        assertFalse(result.settlesNow);
        assertTrue(result.leavesInKind);
        assertEq(result.exitNotice, 0);
    }

    function test_GetLpExit_RefusedExits() public {
        openPosition(900_000, 200e18);
        LpExitView memory result = d.lens.getLpExit(maker, carol, 1, 0);
        assertFalse(result.leavesInKind);
        assertEq(bytes4(result.exitReason), IExitInKind.SliceTooSmall.selector);
        result = d.lens.getLpExit(maker, address(requests), carols, 0);
        assertEq(bytes4(result.exitReason), IExitInKind.CannotHoldSlice.selector);
    }
}

contract LpExitOracleMakerTest is LpRequestVaultTest(MakerKind.Oracle), LpExitSuite {
    function setUp() public override(LpRequestVaultTest, LpExitSuite) {
        LpExitSuite.setUp();
    }

    function test_GetLpExit_PausedMarket() public {
        openPosition(900_000, 200e18);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        LpExitView memory result = look(0);
        assertFalse(result.settlesNow);
        assertEq(result.reason, abi.encodeWithSelector(IVault.MarketFrozen.selector, market));
        assertTrue(result.leavesInKind);
    }
}

contract LpExitBaseVaultTest is LpRequestVaultTest(MakerKind.SpotHedgeBase), LpExitSuite {
    function setUp() public override(LpRequestVaultTest, LpExitSuite) {
        LpExitSuite.setUp();
    }

    /// @dev All base is sold against a short: a redemption has nothing to pay.
    function test_GetLpExit_FullySold() public {
        spot.provide(baseXCD(95_000e18));
        addMargin(alice, 900_000 * USD);
        sell(alice, address(shb), shb.assetBalance());
        LpExitView memory result = look(0);
        assertFalse(result.settlesNow);
        assertEq(result.reason, abi.encodeWithSelector(ILpVault.NothingPayable.selector, carols));
        assertTrue(result.leavesInKind);
        assertGt(result.slice.margin, 39_000e18);
    }
}

contract LpExitQuoteVaultTest is LpRequestVaultTest(MakerKind.SpotHedgeQuote), LpExitSuite {
    function setUp() public override(LpRequestVaultTest, LpExitSuite) {
        LpExitSuite.setUp();
    }
}
