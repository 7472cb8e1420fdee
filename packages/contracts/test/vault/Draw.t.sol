// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {TradeTest} from "../clearing-house/TradeTest.sol";
import {insufficientMarketBalance} from "../utils/Reverts.sol";
import {StubMaker} from "../utils/StubMaker.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev Draws during a receipt, returns the same amount and ends the receipt.
contract DrawingReceiver is StubMaker {
    constructor(IVault vault_, uint256 marketId_, uint256 price_) StubMaker(vault_, marketId_, price_) {}

    function fillOrder(bool, bool, uint256 amount, bytes calldata) external override returns (uint256, bytes memory) {
        vault.beginReceive(marketId);
        vault.draw(drawXCD, drawTo);
        TestToken(address(vault.asset())).mint(address(vault), drawXCD);
        vault.endReceive();
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

    /// @dev An open receipt would credit the maker with transfers of other accounts later in the transaction.
    function test_RevertIf_ReceiptIsLeftOpen() public {
        stub.setLeavesReceiptOpen();
        vm.expectRevert(abi.encodeWithSelector(IVault.Locked.selector, maker));
        sell(alice, maker, 1e18);
    }

    /// @dev A draw during a receipt would reduce the amount that the receipt measures.
    function test_RevertIf_DrawDuringAReceipt() public {
        stub.setLeavesReceiptOpen();
        stub.setDraw(1000 * USD, bob);
        vm.expectRevert(abi.encodeWithSelector(IVault.Locked.selector, maker));
        sell(alice, maker, 1e18);
    }

    function test_RevertIf_DrawOutsideAFill() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.NoFillWindow.selector, maker, 0));
        stub.drawNow(1, bob);
        // The caller's own lock opens no fill window either.
        vm.startPrank(maker);
        vault.lock();
        vm.expectRevert(abi.encodeWithSelector(IVault.NoFillWindow.selector, maker, 0));
        vault.draw(1, bob);
        vm.stopPrank();
    }

    /// @dev The receipt would credit the arrivals less the draw: the draw is charged twice, and the difference belongs
    /// to no account.
    function test_RevertIf_DrawDuringAReceipt_ThatIsEnded() public {
        DrawingReceiver receiver = new DrawingReceiver(vault, market, START_PRICE);
        vm.prank(owner());
        house.registerMaker(address(receiver));
        receiver.addMargin(1_000_000 * USD);
        addMargin(alice, 1000 * USD);
        receiver.setDraw(1000 * USD, bob);
        vm.expectRevert(abi.encodeWithSelector(IVault.Locked.selector, receiver));
        sell(alice, address(receiver), 1e18);
    }
}
