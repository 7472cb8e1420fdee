// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev T50: an attacker filled the deposit cap, so that the owner of an open position could not add margin and was
/// liquidated (E6). Tokens that were transferred to the Vault filled the cap for ever.
contract DepositCapBlocksRescueTest is ExchangeTest {
    address private victim = makeAddr("victim");

    function setUp() public override {
        super.setUp();
        fund(victim, 2_500 * USD);
        vm.prank(victim);
        vault.transferFundToMargin(market, victim, 2_500 * USD);
        vm.prank(owner());
        om.setValidSender(victim, true);
        buy(victim, address(om), 10e18);
        usd.mint(victim, 50_000 * USD);
        vm.prank(victim);
        usd.approve(address(vault), type(uint256).max);
        fund(keeper, 100_000 * USD);
        vm.prank(keeper);
        vault.transferFundToMargin(market, keeper, 100_000 * USD);
        uint256 cap = usd.balanceOf(address(vault)) + 5_000 * USD;
        vm.prank(owner());
        house.setDepositCap(cap);
    }

    /// @dev The attacker deposits up to the cap, the price falls, and the victim still rescues its position. The
    /// liquidator, who would have earned the reward, earns nothing.
    function test_T50_FullCap_VictimAddsMarginAndIsNotLiquidated() public {
        fund(keeper, 5_000 * USD);
        int256 keeperMargin = marginOf(keeper);
        skip(1);
        setPrice(1850e18);
        uint256 id = vm.snapshotState();
        _liquidate();
        assertGt(marginOf(keeper), keeperMargin, "without the rescue the liquidator earns");
        vm.revertToState(id);

        vm.prank(victim);
        assertEq(vault.depositToMargin(market, victim, 2_000 * USD), 2_000 * USD);
        assertEq(marginOf(victim), 4_500e18);
        vm.expectPartialRevert(IClearingHouse.NotLiquidatable.selector);
        _liquidate();
        assertEq(sizeOf(victim), 10e18);
        assertEq(marginOf(keeper), keeperMargin);
    }

    /// @dev An operator of the account may rescue it with collateral of its own, as a gateway does.
    function test_T50_FullCap_OperatorAddsMargin() public {
        fund(keeper, 5_000 * USD);
        vm.prank(victim);
        vault.setOperator(alice, true);
        usd.mint(alice, 2_000 * USD);
        int256 before = marginOf(victim);
        vm.prank(alice);
        vault.depositToMargin(market, victim, 2_000 * USD);
        assertEq(marginOf(victim), before + 2_000e18);
        vm.expectRevert(abi.encodeWithSelector(IVault.NotAuthorized.selector, victim, bob));
        vm.prank(bob);
        vault.depositToMargin(market, victim, 1);
    }

    /// @dev The exemption ends at a margin of the whole notional, and needs a position: it is no way around the cap.
    function test_T50_FullCap_BindsBeyondTheNotionalAndWithoutAPosition() public {
        fund(keeper, 5_000 * USD);
        uint256 cap = vault.depositCap();
        uint256 room = uint256(20_000e18 - marginOf(victim)) / 1e12;
        vm.startPrank(victim);
        vm.expectRevert(abi.encodeWithSelector(IVault.DepositCapExceeded.selector, cap + room + 1, cap));
        vault.depositToMargin(market, victim, room + 1);
        vault.depositToMargin(market, victim, room);
        vm.stopPrank();
        assertEq(marginOf(victim) / 1e12, 20_000e6);
        usd.mint(bob, 1);
        vm.expectRevert(abi.encodeWithSelector(IVault.DepositCapExceeded.selector, cap + room + 1, cap));
        vm.prank(bob);
        vault.depositToMargin(market, bob, 1);
        usd.mint(bob, 1);
        vm.expectRevert(abi.encodeWithSelector(IVault.DepositCapExceeded.selector, cap + room + 1, cap));
        vm.prank(bob);
        vault.deposit(bob, 1);
    }

    /// @dev LPs' deposits are bound: they are no rescue of an account.
    function test_T50_FullCap_BindsLpDeposits() public {
        fund(keeper, 5_000 * USD);
        usd.mint(lp, 1);
        vm.expectPartialRevert(IVault.DepositCapExceeded.selector);
        vm.prank(lp);
        om.deposit(1);
    }

    /// @dev Tokens that no account booked do not count.
    function testFuzz_T50_DirectTransfer_DoesNotFillTheCap(uint256 amountXCD) public {
        usd.mint(address(vault), bound(amountXCD, 1, 1e30));
        fund(bob, 5_000 * USD);
        usd.mint(bob, 1);
        uint256 cap = vault.depositCap();
        vm.expectRevert(abi.encodeWithSelector(IVault.DepositCapExceeded.selector, cap + 1, cap));
        vm.prank(bob);
        vault.deposit(bob, 1);
    }

    /// @dev The cap counts what accounts own, through every transfer between funds and markets and out of the Vault.
    function test_T50_Cap_FollowsTheBookedCollateral() public {
        fund(bob, 5_000 * USD);
        vm.startPrank(bob);
        vault.transferFundToMargin(market, bob, 2_000 * USD);
        vault.donate(market, 500 * USD);
        vault.transferMarginToFund(market, bob, 500 * USD);
        vault.withdraw(1_000 * USD, bob);
        vault.payOutMargin(market, 300 * USD, bob);
        vault.returnMargin(market, bob);
        vm.stopPrank();
        uint256 left = 1_000 * USD + 300 * USD + 1_200 * USD;
        assertEq(usd.balanceOf(bob), left);
        fund(bob, left);
        usd.mint(bob, 1);
        vm.expectPartialRevert(IVault.DepositCapExceeded.selector);
        vm.prank(bob);
        vault.deposit(bob, 1);
    }

    /// @dev Collateral in escrow for orders counts like a fund: filled from margin, withdrawn, paid to a maker, returned.
    function test_T50_Cap_CountsEscrows() public {
        fund(bob, 5_000 * USD);
        uint256 all = vault.fundOf(bob);
        vm.startPrank(bob);
        vault.transferFundToMargin(market, bob, all);
        vault.setOperator(stranger, true);
        vm.stopPrank();
        _bind(1_000);
        _checkFull();
        vm.prank(bob);
        vault.withdrawEscrow(stranger);
        _checkFull();
        vm.prank(bob);
        vault.withdraw(1_000 * USD, bob);
        fund(bob, 1_000 * USD);
        _checkFull();
        _bind(1_000);
        vm.prank(address(house));
        vault.payBond(market, bob, stranger, address(om), 400 * USD);
        _checkFull();
        vm.startPrank(stranger);
        vault.freeBond(bob, 600 * USD);
        uint256 returned = vault.returnMargin(market, bob);
        vm.stopPrank();
        assertEq(returned, all - 1_000 * USD + 600 * USD);
        fund(bob, returned);
        _checkFull();
    }

    function _bind(uint256 usd_) private {
        vm.prank(stranger);
        vault.bindBond(bob, market, 0, usd_ * 1e18, 1e6);
    }

    function _checkFull() private {
        uint256 cap = vault.depositCap();
        usd.mint(lp, 1);
        vm.startPrank(lp);
        usd.approve(address(vault), 1);
        vm.expectRevert(abi.encodeWithSelector(IVault.DepositCapExceeded.selector, cap + 1, cap));
        vault.deposit(lp, 1);
        vm.stopPrank();
    }

    /// @dev A cap that is lowered below the booked collateral blocks deposits and no exits.
    function test_T50_Cap_BelowTheBookedCollateral_BlocksNoExit() public {
        vm.prank(owner());
        house.setDepositCap(1);
        uint256 fund_ = vault.fundOf(bob);
        vm.prank(bob);
        vault.withdraw(fund_, bob);
        assertEq(usd.balanceOf(bob), fund_);
        vm.prank(victim);
        vault.payOutMargin(market, 100 * USD, victim);
        assertEq(usd.balanceOf(victim), 50_100 * USD, "margin is paid out");
    }

    /// @dev The margin of a position turned into funds again and again brought in any amount beyond the cap.
    function test_T50_FullCap_MarginOfAPositionBecomesNoFund() public {
        fund(keeper, 5_000 * USD);
        uint256 cap = vault.depositCap();
        vm.startPrank(victim);
        vault.depositToMargin(market, victim, 10_000 * USD);
        vm.expectRevert(abi.encodeWithSelector(IVault.DepositCapExceeded.selector, cap + 10_000 * USD, cap));
        vault.transferMarginToFund(market, victim, 10_000 * USD);
        vault.payOutMargin(market, 10_000 * USD, victim);
        vault.transferMarginToFund(market, victim, 100 * USD);
        vm.stopPrank();
        assertEq(usd.balanceOf(address(vault)), cap, "no more than the cap");
    }

    /// @dev An operator's escrow is not another way from the margin of a position to funds.
    function test_T50_FullCap_MarginBecomesNoFundThroughAnEscrow() public {
        fund(keeper, 5_000 * USD);
        uint256 cap = vault.depositCap();
        vm.startPrank(victim);
        vault.setOperator(bob, true);
        vault.depositToMargin(market, victim, 10_000 * USD);
        vm.stopPrank();
        vm.startPrank(bob);
        uint256 bondXCD = vault.bindBond(victim, market, 0, 10_000e18, 1e6);
        vault.freeBond(victim, bondXCD);
        vm.stopPrank();
        assertEq(bondXCD, 10_000 * USD);
        vm.expectRevert(abi.encodeWithSelector(IVault.DepositCapExceeded.selector, cap + 10_000 * USD, cap));
        vm.prank(victim);
        vault.withdrawEscrow(bob);
        assertEq(vault.fundOf(victim), 0);
    }

    function _liquidate() private {
        vm.prank(keeper);
        house.liquidate(
            LiquidationParams({
                marketId: market,
                account: victim,
                liquidator: keeper,
                maker: address(0),
                amount: type(uint256).max,
                minReward: 0,
                priceBound: 0
            })
        );
    }
}
