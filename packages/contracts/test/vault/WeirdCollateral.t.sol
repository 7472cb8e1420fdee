// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {Vault} from "../../src/Vault.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ZeroAddress} from "../../src/types/Errors.sol";
import {MarketLedgerLib} from "../../src/types/Market.sol";
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

/// @dev Refuses transfers from and to whoever is on its list.
contract BlockingToken is TestToken {
    error Blocked(address account);

    mapping(address account => bool blocked) public isBlocked;

    constructor() TestToken("Block", "BLK", 6) {}

    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (isBlocked[from]) revert Blocked(from);
        if (isBlocked[to]) revert Blocked(to);
        super._update(from, to, amount);
    }
}

/// @dev Transfers return nothing, as USDT's do, or false instead of a revert.
contract SilentToken {
    mapping(address account => uint256 amount) public balanceOf;
    bool public refuses;
    uint8 public constant decimals = 6;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function setRefuses(bool refuses_) external {
        refuses = refuses_;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        if (refuses) {
            assembly ("memory-safe") {
                mstore(0, 0)
                return(0, 32)
            }
        }
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
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

    /// @dev Nor does the breaker credit more.
    function test_T24_FeeOnTransfer_BreakerCreditsWhatArrives() public {
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

    /// @dev Who is blocked is stopped from moving tokens itself, and stops nobody else. What it has it can still send to
    /// an address that is not.
    function test_T24_BlocklistStopsTheBlockedOnly() public {
        BlockingToken token = new BlockingToken();
        Vault other = new Vault(token, address(house), address(backstop), oracle, ICircuitBreaker(address(0)));
        address[2] memory accounts = [alice, bob];
        for (uint256 i = 0; i < 2; ++i) {
            token.mint(accounts[i], 20);
            vm.startPrank(accounts[i]);
            token.approve(address(other), 20);
            other.deposit(accounts[i], 10);
            vm.stopPrank();
        }
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

    function test_T24_NonReturningTokenWorks() public {
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

    /// @dev T20: every number of decimals, in and out of margin, to the last unit.
    function testFuzz_T20_EveryNumberOfDecimals(uint8 decimals, uint256 amount) public {
        decimals = uint8(bound(decimals, 0, 18));
        uint256 scale = 10 ** (18 - decimals);
        // The ledger keeps margins of up to 2^111 - 1.
        amount = bound(amount, 3, uint256(uint112(type(int112).max)) / scale);
        TestToken token = new TestToken("Any", "ANY", decimals);
        Vault other = new Vault(token, address(house), address(backstop), oracle, ICircuitBreaker(address(0)));
        assertEq(other.assetScale(), scale);
        vm.prank(address(house));
        other.createMarket(1, 100_000, 62_500, 14);
        token.mint(alice, amount);
        vm.startPrank(alice);
        token.approve(address(other), amount);
        other.deposit(alice, amount);
        other.transferFundToMargin(1, alice, amount);
        assertEq(other.positionOf(1, alice).margin.unwrap(), int256(amount * scale));
        assertEq(other.freeMarginOf(1, alice), amount);
        other.transferMarginToFund(1, alice, amount - 1);
        other.donate(1, 1);
        assertEq(MarketLedgerLib.unpack(other.marketWordsOf(1)).insurance, int256(scale));
        other.withdrawMargin(1, 1, alice);
        other.withdraw(amount - 2, alice);
        vm.stopPrank();
        assertEq(token.balanceOf(alice), amount - 1);
        assertEq(MarketLedgerLib.unpack(other.marketWordsOf(1)).balance, 1);
    }

    function _silent() private returns (SilentToken token, Vault other) {
        token = new SilentToken();
        token.mint(alice, 7);
        other =
            new Vault(IERC20(address(token)), address(house), address(backstop), oracle, ICircuitBreaker(address(0)));
    }

    function test_T24_RevertIf_MoreThanEighteenDecimals() public {
        TestToken token = new TestToken("Fine", "FINE", 19);
        vm.expectRevert();
        new Vault(token, address(house), address(backstop), oracle, ICircuitBreaker(address(0)));
    }

    function test_Constructor_RevertIf_ZeroAddress() public {
        bytes memory zero = abi.encodeWithSelector(ZeroAddress.selector);
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

/// @dev T20: the whole exchange on collateral of other decimals. The same trades leave the same amounts, to the unit.
abstract contract OtherDecimalsTest is ExchangeTest {
    function test_T20_TradeAndLeave() public {
        addMargin(alice, quoteXCD(10_000e18));
        buy(alice, address(om), 10e18);
        // 20,002 with the premium; 2,000 is the requirement.
        assertEq(marginOf(alice), 10_000e18);
        assertEq(valueOf(alice), 9998e18);
        uint256 free = vault.freeMarginOf(market, alice);
        assertEq(free, quoteXCD(7998e18));
        vm.startPrank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(
                IVault.InsufficientMargin.selector, int256(2000e18) - int256(vault.assetScale()), uint256(2000e18)
            )
        );
        vault.withdrawMargin(market, free + 1, alice);
        vault.withdrawMargin(market, free, alice);
        vm.stopPrank();
        skip(1);
        setPrice(2200e18);
        close(alice, address(om));
        assertEq(marginOf(alice), 2002e18 + 1998e18);
        vm.startPrank(alice);
        vault.transferMarginToFund(market, alice, quoteXCD(4000e18));
        vault.withdraw(quoteXCD(994_000e18), alice);
        vm.stopPrank();
        assertEq(usd.balanceOf(alice), quoteXCD(1_001_998e18));
    }
}

contract NoDecimalsTest is OtherDecimalsTest {
    function collateralDecimals() internal pure override returns (uint8) {
        return 0;
    }
}

contract EightDecimalsTest is OtherDecimalsTest {
    function collateralDecimals() internal pure override returns (uint8) {
        return 8;
    }
}

contract EighteenDecimalsTest is OtherDecimalsTest {
    function collateralDecimals() internal pure override returns (uint8) {
        return 18;
    }
}
