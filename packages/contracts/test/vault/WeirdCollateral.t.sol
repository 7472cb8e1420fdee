// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Vault} from "../../src/Vault.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {ReentrantToken} from "../utils/ReentrantToken.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev Takes one percent of every transfer.
contract FeeToken is TestToken {
    constructor() TestToken("Fee", "FEE", 6) {}

    function _update(address from, address to, uint256 amount) internal override {
        if (from == address(0) || to == address(0)) return super._update(from, to, amount);
        super._update(from, address(0xdead), amount / 100);
        super._update(from, to, amount - amount / 100);
    }
}

/// @dev T24: collateral that charges, calls back or has other decimals.
contract WeirdCollateralTest is ExchangeTest {
    function createCollateral() internal override returns (TestToken) {
        return new ReentrantToken("USD", "USD", collateralDecimals());
    }

    function test_T24_FeeOnTransferIsCreditedWithWhatArrives() public {
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

    function test_T24_RevertIf_MoreThanEighteenDecimals() public {
        TestToken token = new TestToken("Fine", "FINE", 19);
        vm.expectRevert();
        new Vault(token, address(house), address(backstop), oracle, ICircuitBreaker(address(0)));
    }

    function test_Constructor_RevertIf_ZeroAddress() public {
        bytes memory zero = abi.encodeWithSelector(IVault.ZeroAddress.selector);
        vm.expectRevert(zero);
        new Vault(IERC20(address(0)), address(house), address(backstop), oracle, ICircuitBreaker(address(0)));
        vm.expectRevert(zero);
        new Vault(usd, address(0), address(backstop), oracle, ICircuitBreaker(address(0)));
        vm.expectRevert(zero);
        new Vault(usd, address(house), address(backstop), IPriceOracle(address(0)), ICircuitBreaker(address(0)));
    }

    /// @dev T13 and T24: the collateral calls back in the middle of a deposit, a withdrawal and an LP's deposit.
    function test_T13_CollateralThatCallsBackFindsTheSystemLocked() public {
        address token = address(usd);
        fund(token, 1000 * USD);
        vm.prank(owner());
        om.setValidSender(token, true);
        bytes[4] memory calls = [
            abi.encodeCall(IVault.withdraw, (1, token)),
            abi.encodeCall(IVault.lock, ()),
            abi.encodeCall(IVault.valuePosition, (market, alice)),
            abi.encodeCall(IVault.transferFundToMargin, (market, token, 1))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            usd.mint(alice, USD);
            _arm(address(vault), calls[i]);
            vm.prank(alice);
            vault.deposit(alice, USD);
            _checkLocked(alice);
            _arm(address(vault), calls[i]);
            vm.prank(alice);
            vault.withdraw(USD, alice);
            _checkLocked(alice);
            usd.mint(lp, USD);
            _arm(address(vault), calls[i]);
            vm.prank(lp);
            om.deposit(USD);
            _checkLocked(address(om));
        }
        _arm(address(house), abi.encodeCall(IClearingHouse.trade, (order(token, address(om), true, true, 1e15))));
        vm.prank(alice);
        vault.withdraw(USD, alice);
        _checkLocked(alice);
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
