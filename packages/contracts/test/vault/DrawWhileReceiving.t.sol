// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev Draws in the middle of a receipt and ends it as if nothing had been.
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

contract DrawWhileReceivingTest is ExchangeTest {
    /// @dev What arrived would be credited less what was drawn: twice taken off the margin, and the rest nobody's.
    function test_RevertIf_DrawDuringAReceipt_ThatIsEnded() public {
        DrawingReceiver maker = new DrawingReceiver(vault, market, START_PRICE);
        vm.prank(owner());
        house.registerMaker(address(maker));
        maker.addMargin(1_000_000 * USD);
        addMargin(alice, 1000 * USD);
        maker.setDraw(1000 * USD, bob);
        vm.expectRevert(abi.encodeWithSelector(IVault.Locked.selector, maker));
        sell(alice, address(maker), 1e18);
    }
}
