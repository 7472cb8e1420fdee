// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IMaker} from "../../src/interfaces/IMaker.sol";
import {BaseVaultGapTest} from "./BaseVaultGapTest.sol";

interface IFlashPool {
    function flash(address recipient, uint256 amount0, uint256 amount1, bytes calldata data) external;
}

/// @dev Makes one call inside a flash loan of the pool.
contract PoolLocker {
    bool public succeeded;
    bytes public answer;

    function lockAnd(address pool, address target, bytes calldata data) external {
        IFlashPool(pool).flash(address(this), 0, 0, abi.encode(target, data));
    }

    function uniswapV3FlashCallback(uint256, uint256, bytes calldata data) external {
        (address target, bytes memory call) = abi.decode(data, (address, bytes));
        (succeeded, answer) = target.call(call);
    }
}

/// @dev T65: a forced change inside the caller's own lock of the pool made the hedge fail. The caller chose when the base
/// vault hedged: after it had moved the market, with the gap open until another call.
contract HedgeInsideThePoolsLockTest is BaseVaultGapTest {
    PoolLocker private _locker;

    function setUp() public override {
        super.setUp();
        _locker = new PoolLocker();
        _shortAgainstTheVault(alice, 10_000 * USD, 50e18);
        spot.provide(95_000e18);
        jumpWithPool(2300e18);
        passWindow(alice);
    }

    function test_T65_ForcedChange_InsideTheCallersPoolLock_Reverts() public {
        uint256 assets = shb.totalAssets();
        _locker.lockAnd(address(spot.pool()), address(backstop), _deleverage());
        assertFalse(_locker.succeeded());
        assertEq(_locker.answer(), abi.encodeWithSelector(IMaker.SpotMarketLocked.selector, address(shb)));
        assertEq(sizeOf(address(shb)), 50e18);
        assertEq(shb.hedgeGap(), 0);
        assertEq(shb.totalAssets(), assets);
        // Outside of the lock the position closes and the hedge trades in one step.
        deleverage(alice);
        assertEq(sizeOf(address(shb)), 0);
        assertEq(shb.hedgeGap(), 0, "no gap");
        assertGe(shb.totalAssets() + 0.25e18, assets, "LPs");
        assertLaws();
    }

    function test_T65_Adapter_ReportsTheLock() public {
        address adapter = address(shb.parameters().adapter);
        bytes memory data = abi.encodeWithSignature("isLocked()");
        _locker.lockAnd(address(spot.pool()), adapter, data);
        assertTrue(abi.decode(_locker.answer(), (bool)));
        (, bytes memory free) = adapter.call(data);
        assertFalse(abi.decode(free, (bool)));
    }

    function _deleverage() private view returns (bytes memory) {
        return abi.encodeCall(backstop.deleverage, (market, alice, house.makersOf(market)));
    }
}
