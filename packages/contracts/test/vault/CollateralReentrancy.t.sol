// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {ReentrantToken} from "../utils/ReentrantToken.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev T13: collateral that calls back.
contract VaultCollateralReentrancyTest is ExchangeTest {
    function createCollateral() internal override returns (TestToken) {
        return new ReentrantToken("USD", "USD", collateralDecimals());
    }

    /// @dev T13 and T24: the collateral calls back during a deposit, a withdrawal and an LP's deposit.
    function test_T13_CollateralThatCallsBackFindsTheSystemLocked() public {
        address token = address(usd);
        fund(token, 1000 * USD);
        vm.prank(owner());
        om.setValidSender(token, true);
        bytes[4] memory calls = [
            abi.encodeCall(IVault.withdraw, (1, token)),
            abi.encodeCall(IVault.withLockHeld, ("")),
            abi.encodeCall(IVault.getAccountValue, (market, false, alice)),
            abi.encodeCall(IVault.transferFundToMargin, (market, token, 1))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            usd.mint(alice, USD);
            _arm(address(vault), calls[i]);
            vm.prank(alice);
            vault.deposit(alice, USD);
            _checkLocked(address(vault));
            _arm(address(vault), calls[i]);
            vm.prank(alice);
            vault.withdraw(USD, alice);
            _checkLocked(address(vault));
            usd.mint(lp, USD);
            _arm(address(vault), calls[i]);
            vm.prank(lp);
            om.deposit(USD);
            _checkLocked(address(vault));
        }
        _arm(address(house), abi.encodeCall(IClearingHouse.trade, (order(token, address(om), true, true, 1e15))));
        vm.prank(alice);
        vault.withdraw(USD, alice);
        _checkLocked(address(vault));
    }

    function _arm(address target, bytes memory call_) private {
        ReentrantToken(address(usd)).arm(target, call_);
    }

    function _checkLocked(address holder) private view {
        ReentrantToken token = ReentrantToken(address(usd));
        assertTrue(token.tried());
        assertFalse(token.succeeded());
        assertEq(token.answer(), abi.encodeWithSelector(IVault.Locked.selector, holder));
    }
}
