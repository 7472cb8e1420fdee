// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {TradeTest} from "../clearing-house/TradeTest.sol";
import {insufficientMarketBalance} from "../utils/Reverts.sol";
import {LockUser} from "../utils/LockUser.sol";
import {StubMaker} from "../utils/StubMaker.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev Draws during a receipt, returns the same amount and ends the receipt.
contract DrawingReceiver is StubMaker {
    constructor(IVault vault_, uint256 marketId_, uint256 price_) StubMaker(vault_, marketId_, price_) {}

    function fillOrder(bool, bool, uint256 amount, bytes calldata) external override returns (uint256, bytes memory) {
        vault.receiveForHedge(marketId, "");
        return (amount * price / 1e18, "");
    }

    function payMargin(bytes calldata data) external override {
        uint256 amountXCD = drawXCD;
        // {addMargin} passes an amount, a fill none.
        if (data.length == 0) vault.draw(amountXCD, drawTo);
        else amountXCD = abi.decode(data, (uint256));
        TestToken(address(vault.asset())).mint(address(vault), amountXCD);
    }
}

/// @dev Withdraws margin in its fill, which settlement would not check.
contract WithdrawingMaker is StubMaker {
    constructor(IVault vault_, uint256 marketId_, uint256 price_) StubMaker(vault_, marketId_, price_) {}

    function fillOrder(bool, bool, uint256 amount, bytes calldata) external override returns (uint256, bytes memory) {
        vault.withdrawForHedge(marketId, drawXCD, drawTo);
        return (amount * price / 1e18, "");
    }
}

/// @dev Draws of a maker inside the fill window. The stub draws whenever a test asks for it.
contract VaultDrawTest is TradeTest {
    function test_Draw_ReducesMarketBalanceAndMargin() public {
        stub.setDraw(1000 * USD, bob);
        sell(alice, maker, 1e18);
        assertEq(usd.balanceOf(bob), 1000 * USD);
        assertEq(marginOf(maker), 999_000e18);
        assertEq(d.lens.marketOf(market).balance, 2_199_000 * USD, "with the oracle maker's million");
    }

    function test_RevertIf_DrawLeavesMarginBelowZero() public {
        stub.setDraw(1_000_001 * USD, bob);
        vm.expectRevert(abi.encodeWithSelector(IVault.DrawnBelowZero.selector, -int256(1e18)));
        sell(alice, maker, 1e18);
    }

    function test_RevertIf_DrawExceedsTheMarketsBalance() public {
        stub.setDraw(2_200_001 * USD, bob);
        vm.expectRevert(insufficientMarketBalance(2_200_001 * USD, 2_200_000 * USD));
        sell(alice, maker, 1e18);
    }

    /// @dev Settlement has verified the margin, so that nothing can be drawn after it.
    function test_RevertIf_DrawAfterSettlement() public {
        stub.setDraw(1000 * USD, bob);
        stub.setDrawsInCallback();
        vm.expectRevert(abi.encodeWithSelector(IVault.NoFillWindow.selector, maker, market));
        sell(alice, maker, 1e18);
    }

    /// @dev A fill takes margin out by draws only.
    function test_RevertIf_WithdrawalInAFill() public {
        WithdrawingMaker withdrawing = new WithdrawingMaker(vault, market, START_PRICE);
        vm.prank(owner());
        house.registerMaker(address(withdrawing));
        withdrawing.addMargin(1_000_000 * USD);
        addMargin(alice, 1000 * USD);
        withdrawing.setDraw(1000 * USD, bob);
        vm.expectRevert(abi.encodeWithSelector(IVault.Locked.selector, withdrawing));
        sell(alice, address(withdrawing), 1e18);
        assertEq(usd.balanceOf(bob), 0);
    }

    function test_RevertIf_DrawOutsideAFill() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.NoFillWindow.selector, maker, 0));
        stub.drawNow(1, bob);
        // The caller's own lock opens no fill window either.
        LockUser user = new LockUser(vault);
        user.lockAnd(address(vault), abi.encodeCall(IVault.draw, (1, bob)));
        assertEq(user.answer(), abi.encodeWithSelector(IVault.NoFillWindow.selector, user, 0));
    }

    /// @dev The receipt would credit the arrivals less the draw: the draw is charged twice, and the difference belongs
    /// to no account.
    function test_RevertIf_DrawDuringAReceipt() public {
        DrawingReceiver receiver = new DrawingReceiver(vault, market, START_PRICE);
        vm.prank(owner());
        house.registerMaker(address(receiver));
        receiver.addMargin(1_000_000 * USD);
        addMargin(alice, 1000 * USD);
        receiver.setDraw(1000 * USD, bob);
        vm.expectRevert(abi.encodeWithSelector(IVault.NoFillWindow.selector, receiver, 0));
        sell(alice, address(receiver), 1e18);
    }
}
