// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {Vault} from "../../src/Vault.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {TestToken} from "../utils/TestToken.sol";
import {BlockingToken, FeeToken, RebasingToken, SilentToken} from "./WeirdTokens.sol";

/// @dev T24: collateral that charges for transfers, blocks accounts, returns nothing or rebases.
contract VaultWeirdCollateralTest is ExchangeTest {
    function test_T24_FeeOnTransfer_CreditsTheReceivedAmount() public {
        FeeToken token = new FeeToken();
        Vault other = new Vault(token, address(house), address(backstop), oracle, ICircuitBreaker(address(0)));
        token.mint(alice, 1000e6);
        vm.startPrank(alice);
        token.approve(address(other), 1000e6);
        assertEq(other.deposit(alice, 1000e6), 990e6);
        assertEq(other.fundOf(alice), 990e6);
        other.withdraw(990e6, alice);
        vm.stopPrank();
        assertEq(token.balanceOf(address(other)), 0);
    }

    /// @dev The breaker credits no more than the Vault does.
    function test_T24_FeeOnTransfer_BreakerCreditsTheReceivedAmount() public {
        FeeToken token = new FeeToken();
        CircuitBreaker breaker = new CircuitBreaker(address(this), address(0));
        Vault other = new Vault(token, address(house), address(backstop), oracle, breaker);
        address[] memory holders = new address[](1);
        holders[0] = address(other);
        breaker.setProtected(address(other), true);
        breaker.setHolders(address(token), holders);
        breaker.setLimit(address(token), CircuitBreaker.Limit(1 days, 0, 0));
        skip(1);
        token.mint(alice, 1000e6);
        vm.startPrank(alice);
        token.approve(address(other), 1000e6);
        other.deposit(alice, 1000e6);
        assertEq(breaker.creditOf(address(token), alice), 990e6);
        other.withdraw(990e6, alice);
        vm.stopPrank();
    }

    /// @dev A blocked account cannot transfer, and blocks no other account. It can still withdraw to a receiver that is
    /// not blocked.
    function test_T24_Blocklist_BlocksNoOtherAccount() public {
        BlockingToken token = new BlockingToken();
        Vault other = new Vault(token, address(house), address(backstop), oracle, ICircuitBreaker(address(0)));
        _depositAsBoth(token, other, 20, 10);
        token.setBlocked(alice, true);
        bytes memory blocked = abi.encodeWithSelector(BlockingToken.Blocked.selector, alice);
        vm.startPrank(alice);
        vm.expectRevert(blocked);
        other.deposit(alice, 1);
        vm.expectRevert(blocked);
        other.withdraw(1, alice);
        assertEq(other.fundOf(alice), 10);
        other.withdraw(10, keeper);
        vm.stopPrank();
        vm.startPrank(bob);
        vm.expectRevert(blocked);
        other.withdraw(1, alice);
        other.deposit(alice, 1);
        other.withdraw(10, bob);
        vm.stopPrank();
        assertEq(token.balanceOf(address(other)), 1);
        assertEq(other.fundOf(alice), 1);
    }

    function test_T24_TokenWithoutReturnValue_Works() public {
        (SilentToken token, Vault other) = _silent();
        vm.startPrank(alice);
        assertEq(other.deposit(alice, 7), 7);
        other.withdraw(7, bob);
        vm.stopPrank();
        assertEq(token.balanceOf(bob), 7);
    }

    function test_T24_RevertIf_TokenReturnsFalse() public {
        (SilentToken token, Vault other) = _silent();
        vm.startPrank(alice);
        other.deposit(alice, 5);
        token.setRefuses(true);
        bytes memory refusal = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, token);
        vm.expectRevert(refusal);
        other.deposit(alice, 2);
        vm.expectRevert(refusal);
        other.withdraw(5, alice);
        vm.stopPrank();
        assertEq(other.fundOf(alice), 5);
    }

    function _silent() private returns (SilentToken token, Vault other) {
        token = new SilentToken();
        token.mint(alice, 7);
        other =
            new Vault(IERC20(address(token)), address(house), address(backstop), oracle, ICircuitBreaker(address(0)));
    }

    /// @dev A balance that grows by a rebase belongs to no account.
    function test_T24_Rebase_CreditsNoAccount() public {
        RebasingToken token = new RebasingToken();
        Vault other = new Vault(token, address(house), address(backstop), oracle, ICircuitBreaker(address(0)));
        _depositAsBoth(token, other, 100e6, 100e6);
        token.rebase(1.5e18);
        assertEq(other.fundOf(alice), 100e6);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientFund.selector, 100e6 + 1, 100e6));
        other.withdraw(100e6 + 1, alice);
        other.withdraw(100e6, alice);
        vm.stopPrank();
        vm.prank(bob);
        other.withdraw(100e6, bob);
    }

    /// @dev Alice and Bob receive `minted` tokens each, approve them and deposit `amount`.
    function _depositAsBoth(TestToken token, Vault other, uint256 minted, uint256 amount) private {
        address[2] memory accounts = [alice, bob];
        for (uint256 i = 0; i < 2; ++i) {
            token.mint(accounts[i], minted);
            vm.startPrank(accounts[i]);
            token.approve(address(other), minted);
            other.deposit(accounts[i], amount);
            vm.stopPrank();
        }
    }
}
