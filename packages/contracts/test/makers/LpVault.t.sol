// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {OracleMaker} from "../../src/makers/OracleMaker.sol";
import {ZeroAddress, ZeroAmount} from "../../src/types/Errors.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";

/// @dev What both makers share, on the OracleMaker.
contract LpVaultTest is ExchangeTest {
    address private other = makeAddr("other");

    function setUp() public override {
        super.setUp();
        usd.mint(lp, 1_000_000 * USD);
    }

    function test_RevertIf_NotWhitelisted() public {
        bytes memory refusal = abi.encodeWithSelector(ILpVault.NotWhitelistLp.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        om.deposit(1);
        vm.expectRevert(refusal);
        om.deposit(1, 0, stranger);
        vm.expectRevert(refusal);
        om.withdraw(1);
        vm.expectRevert(refusal);
        om.withdraw(1, 0, stranger);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.NotWhitelistLp.selector, stranger));
        shb.deposit(1);
        vm.stopPrank();
    }

    function test_SetWhitelistLp_TakesEffect() public {
        vm.prank(owner());
        om.setWhitelistLp(lp, false);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.NotWhitelistLp.selector, lp));
        vm.prank(lp);
        om.withdraw(1e18);
    }

    function test_Deposit_EmitsDeposited() public {
        vm.expectEmit(address(om));
        emit ILpVault.Deposited(lp, 1000e18, 1000 * USD);
        vm.prank(lp);
        om.deposit(1000 * USD);
    }

    function test_Withdraw_EmitsWithdrawn() public {
        vm.expectEmit(address(om));
        emit ILpVault.Withdrawn(lp, 1000e18, 1000 * USD);
        vm.prank(lp);
        om.withdraw(1000e18);
    }

    function test_Deposit_ToAReceiver() public {
        vm.prank(lp);
        om.deposit(1000 * USD, 1000e18, other);
        assertEq(om.balanceOf(other), 1000e18);
    }

    function test_Withdraw_ToAReceiver() public {
        vm.prank(lp);
        om.withdraw(1000e18, 1000 * USD, other);
        assertEq(usd.balanceOf(other), 1000 * USD);
    }

    /// @dev T6: the price moves before inclusion.
    function test_T6_RevertIf_LessThanMinimum() public {
        vm.startPrank(lp);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.LessThanMinimum.selector, 1000e18, 1000e18 + 1));
        om.deposit(1000 * USD, 1000e18 + 1, lp);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.LessThanMinimum.selector, 1000 * USD, 1000 * USD + 1));
        om.withdraw(1000e18, 1000 * USD + 1, lp);
        vm.stopPrank();
    }

    function test_RevertIf_Zero() public {
        vm.startPrank(lp);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        om.deposit(0);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        om.withdraw(0);
        vm.expectRevert(abi.encodeWithSelector(ZeroAddress.selector));
        om.withdraw(1e18, 0, address(0));
        vm.stopPrank();
    }

    /// @dev Nobody gains by going in and out, and whoever stays does not lose.
    function testFuzz_RoundTripEarnsNothing(uint256 amount, uint256 price) public {
        addMargin(alice, 900_000 * USD);
        buy(alice, address(om), 100e18);
        skip(1);
        setPrice(boundPrice(price, 500e18, 8000e18));
        amount = boundAmountXCD(amount, 1 * USD, 1_000_000 * USD);
        uint256 sharePrice = om.sharePrice();
        vm.startPrank(lp);
        uint256 shares = om.deposit(amount);
        uint256 afterDeposit = om.sharePrice();
        uint256 got = om.withdraw(shares);
        vm.stopPrank();
        assertLe(got, amount, "earned");
        assertGe(got + 2, amount, "dust only");
        assertGe(afterDeposit + 1, sharePrice, "whoever stays lost by the deposit");
        assertGe(om.sharePrice() + 1, afterDeposit, "whoever stays lost by the withdrawal");
    }
}

/// @dev T11 on makers that nobody has deposited in yet.
contract LpVaultInflationTest is ExchangeTest {
    address private victim = makeAddr("victim");
    address private attacker = makeAddr("attacker");
    OracleMaker private fresh;

    function setUp() public override {
        super.setUp();
        DeployConfig memory c = config();
        vm.startPrank(owner());
        fresh = new OracleMaker("Fresh", "F", owner(), house, market, c.oracleMaker);
        house.registerMaker(address(fresh));
        fresh.setValidSender(attacker, true);
        fresh.setWhitelistLp(victim, true);
        fresh.setWhitelistLp(attacker, true);
        vm.stopPrank();
        usd.mint(victim, 1_000_000 * USD);
        usd.mint(attacker, 10_000_000 * USD);
        vm.prank(victim);
        usd.approve(address(fresh), type(uint256).max);
        vm.startPrank(attacker);
        usd.approve(address(fresh), type(uint256).max);
        usd.approve(address(vault), type(uint256).max);
        vault.deposit(attacker, 5_000_000 * USD);
        vm.stopPrank();
    }

    /// @dev The attacker makes itself the only, smallest shareholder and raises the share price by the one way there is:
    /// a loss of its own as a taker. It never gets back what it gave.
    function testFuzz_T11_InflationCostsTheAttacker(uint256 first, uint256 kept, uint256 gift, uint256 amount) public {
        first = boundAmountXCD(first, 2, 1000 * USD);
        gift = boundAmountXCD(gift, 1, 1_000_000 * USD);
        amount = boundAmountXCD(amount, 1 * USD, 1_000_000 * USD);
        vm.startPrank(attacker);
        uint256 shares = fresh.deposit(first);
        kept = boundShares(kept, 1, 1e12);
        fresh.withdraw(shares - kept);
        vm.stopPrank();
        _gift(gift);
        uint256 before = usd.balanceOf(attacker);

        vm.prank(victim);
        uint256 victimShares;
        try fresh.deposit(amount) returns (uint256 s) {
            victimShares = s;
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), ZeroAmount.selector, "no deposit without a share");
        }
        vm.prank(attacker);
        try fresh.withdraw(kept) {} catch {}
        uint256 got = usd.balanceOf(attacker) - before;
        assertLe(got, gift + first, "the attacker earned");

        if (victimShares == 0) return;
        vm.prank(victim);
        uint256 back = fresh.withdraw(victimShares);
        // Rounding to a whole share may cost the victim, but the attacker loses a multiple of it.
        assertLe(amount - (back < amount ? back : amount), (gift + first - got) + 2, "cheap grief");
    }

    /// @dev What only a taker's loss could do, done at once: margin of the maker.
    function _gift(uint256 amountXCD) private {
        vm.startPrank(address(fresh));
        vault.beginReceive(market);
        usd.mint(address(vault), amountXCD);
        vault.endReceive();
        vm.stopPrank();
    }
}

/// @dev Collateral of 18 decimals, in which the dust of virtual shares can be paid out.
contract LpVaultFineCollateralTest is ExchangeTest {
    function collateralDecimals() internal pure override returns (uint8) {
        return 18;
    }

    /// @dev The last LP of a flat vault that has lost money gets all that is left, and can get it at once.
    function test_Withdraw_LastLpTakesWhatIsLeft() public {
        addMargin(alice, 100_000e18);
        buy(alice, address(om), 100e18);
        skip(1);
        setPrice(3000e18);
        close(alice, address(om));
        uint256 left = om.totalAssets();
        assertEq(left, 900_200e18);
        uint256 shares = om.balanceOf(lp);
        vm.prank(lp);
        assertEq(om.withdraw(shares), left);
        assertEq(om.totalSupply(), 0);
    }

    /// @dev Nobody is paid more than the part that its shares are of the whole.
    function testFuzz_Withdraw_PaysNoMoreThanProRata(uint256 part, uint256 price) public {
        addMargin(alice, 100_000e18);
        buy(alice, address(om), 100e18);
        skip(1);
        setPrice(boundPrice(price, 1100e18, 9000e18));
        uint256 total = om.totalAssets();
        uint256 supply = om.totalSupply();
        uint256 shares = boundShares(part, 1e18, supply / 2);
        vm.prank(lp);
        uint256 paid = om.withdraw(shares);
        assertLe(paid, total * shares / supply);
    }
}
