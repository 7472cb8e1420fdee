// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {HookToken, IHooked} from "../utils/HookToken.sol";
import {LockUser} from "../utils/LockUser.sol";
import {StubMaker} from "../utils/StubMaker.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev An account whose token hook makes one call, as itself.
contract HookedUser is LockUser, IHooked {
    address private _target;
    bytes private _data;
    bool public wasCalled;
    bool public hookSucceeded;
    bytes public hookAnswer;

    constructor(IVault vault_) LockUser(vault_) {}

    function arm(address target, bytes calldata data) external {
        (_target, _data, wasCalled) = (target, data, false);
    }

    function onTransfer() external {
        if (_target == address(0)) return;
        address target = _target;
        _target = address(0);
        wasCalled = true;
        (hookSucceeded, hookAnswer) = target.call(_data);
    }
}

/// @dev A maker that draws to itself and receives inside the draw, when its token hook is called.
contract HookedMaker is StubMaker, IHooked {
    bool public hookSucceeded;
    bytes public hookAnswer;

    constructor(IVault vault_, uint256 marketId_, uint256 price_) StubMaker(vault_, marketId_, price_) {}

    function onTransfer() external {
        if (hookAnswer.length != 0 || hookSucceeded) return;
        (hookSucceeded, hookAnswer) =
            address(vault).call(abi.encodeCall(vault.receiveForHedge, (marketId, abi.encode(uint256(1)))));
    }
}

/// @dev T47: collateral that calls its holders back. Inside a step that the account itself began, its own lock admitted a
/// receipt, and one deposit was credited twice.
contract ReceiptInsideAStepTest is ExchangeTest {
    HookedUser private attacker;
    uint256 private constant BROUGHT = 100_000;

    function createCollateral() internal override returns (TestToken) {
        return new HookToken("USD", "USD", collateralDecimals());
    }

    function setUp() public override {
        super.setUp();
        attacker = new HookedUser(vault);
        usd.mint(address(attacker), BROUGHT * USD);
        HookToken(address(usd)).setHooked(address(attacker), true);
    }

    /// @dev The hook of the deposit's own transfer receives 90,000 into the margin. The deposit then counted 100,000.
    function test_T47_ReceiptInsideADeposit_CountsOnce() public {
        attacker.arm(address(attacker), abi.encodeCall(attacker.receiveMargin, (market, 90_000 * USD)));
        attacker.act(address(vault), abi.encodeCall(IVault.deposit, (address(attacker), 10_000 * USD)));
        _checkRefused();
        assertEq(vault.fundOf(address(attacker)), 10_000 * USD);
        assertEq(marginOf(address(attacker)), 0);
        _checkMoney();
    }

    /// @dev The hook of a withdrawal opens a receipt that would outlive it, and a later deposit would fill it.
    function test_T47_ReceiptInsideAWithdrawal_IsRefused() public {
        attacker.act(address(vault), abi.encodeCall(IVault.deposit, (address(attacker), 1 * USD)));
        attacker.arm(address(attacker), abi.encodeCall(attacker.receiveMargin, (market, 90_000 * USD)));
        attacker.act(address(vault), abi.encodeCall(IVault.withdraw, (1 * USD, address(attacker))));
        _checkRefused();
        attacker.act(address(vault), abi.encodeCall(IVault.deposit, (address(attacker), 100_000 * USD)));
        assertEq(vault.fundOf(address(attacker)), 100_000 * USD);
        assertEq(marginOf(address(attacker)), 0);
        _checkMoney();
    }

    /// @dev The same in each step that moves collateral, also under the account's own lock, with each call of its hook.
    function test_T47_NoCallInsideAnyStep() public {
        attacker.act(address(vault), abi.encodeCall(IVault.deposit, (address(attacker), 30_000 * USD)));
        attacker.receiveMargin(market, 30_000 * USD);
        bytes[5] memory steps = [
            abi.encodeCall(IVault.deposit, (address(attacker), 1 * USD)),
            abi.encodeCall(IVault.depositToMargin, (market, address(attacker), 1 * USD)),
            abi.encodeCall(IVault.withdraw, (1 * USD, address(attacker))),
            abi.encodeCall(IVault.payOutMargin, (market, 1 * USD, address(attacker))),
            abi.encodeCall(IVault.returnMargin, (market, address(attacker)))
        ];
        bytes[6] memory calls = [
            abi.encodeCall(IVault.deposit, (address(attacker), 1 * USD)),
            abi.encodeCall(IVault.withdraw, (1 * USD, address(attacker))),
            abi.encodeCall(IVault.transferFundToMargin, (market, address(attacker), 1 * USD)),
            abi.encodeCall(IVault.payOutMargin, (market, 1 * USD, address(attacker))),
            abi.encodeCall(IVault.receiveMargin, (market, abi.encode(1 * USD, LockUser.Call(address(0), "")))),
            abi.encodeCall(IVault.withLockHeld, (""))
        ];
        uint256 id = vm.snapshotState();
        for (uint256 i = 0; i < steps.length; ++i) {
            for (uint256 j = 0; j < calls.length; ++j) {
                attacker.arm(address(vault), calls[j]);
                attacker.act(address(vault), steps[i]);
                _checkRefused();
                _checkMoney();
                vm.revertToState(id);
            }
        }
        for (uint256 j = 0; j < calls.length; ++j) {
            attacker.arm(address(vault), calls[j]);
            attacker.lockAnd(address(vault), steps[3]);
            assertTrue(attacker.succeeded(), "margin leaves under the account's lock");
            _checkRefused();
            _checkMoney();
            vm.revertToState(id);
        }
    }

    function test_T47_ReceiptInsideADraw_IsRefused() public {
        HookedMaker maker = new HookedMaker(vault, market, START_PRICE);
        vm.prank(owner());
        house.registerMaker(address(maker));
        maker.addMargin(1_000_000 * USD);
        HookToken(address(usd)).setHooked(address(maker), true);
        maker.setDraw(1000 * USD, address(maker));
        addMargin(alice, 1000 * USD);
        sell(alice, address(maker), 1e18);
        assertFalse(maker.hookSucceeded());
        assertEq(maker.hookAnswer(), abi.encodeWithSelector(IVault.Locked.selector, vault));
        assertEq(marginOf(address(maker)), 999_000e18);
        assertEq(usd.balanceOf(address(maker)), 1000 * USD);
    }

    function _checkRefused() private view {
        assertTrue(attacker.wasCalled());
        assertFalse(attacker.hookSucceeded());
        assertEq(attacker.hookAnswer(), abi.encodeWithSelector(IVault.Locked.selector, vault));
        assertEq(vault.lockHolder(), address(0));
    }

    /// @dev The attacker has what it brought, and the Vault's tokens cover every fund and market balance (L3).
    function _checkMoney() private view {
        uint256 has = usd.balanceOf(address(attacker)) + vault.fundOf(address(attacker))
            + uint256(marginOf(address(attacker))) / 1e12;
        assertEq(has, BROUGHT * USD, "the attacker has more or less than it brought");
        uint256 owed =
            vault.fundOf(address(attacker)) + vault.fundOf(alice) + vault.fundOf(bob) + d.lens.marketOf(market).balance;
        assertEq(usd.balanceOf(address(vault)), owed, "L3");
    }
}
