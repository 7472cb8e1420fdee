// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../../src/interfaces/IVault.sol";
import {ReentrantToken} from "../../utils/ReentrantToken.sol";
import {SpotHedgeBaseMakerTest} from "../../utils/SpotHedgeBaseMakerTest.sol";
import {TestToken} from "../../utils/TestToken.sol";

/// @dev T13: a base token that calls back finds everything locked that moves value or prices shares.
contract SpotHedgeBaseMakerReentrancyTest is SpotHedgeBaseMakerTest {
    function createBaseToken() internal override returns (TestToken) {
        return new ReentrantToken("WETH", "WETH", baseDecimals());
    }

    function test_T13_DepositFindsTheSystemLocked() public {
        weth.mint(lp, 7e18);
        _checkLpCalls(abi.encodeWithSignature("deposit(uint256)", 1e18));
    }

    function test_T13_WithdrawalFindsTheSystemLocked() public {
        _checkLpCalls(abi.encodeWithSignature("withdraw(uint256)", 1e18));
    }

    /// @dev The LP makes the call once for each reentrant call of the token.
    function _checkLpCalls(bytes memory lpCall) private {
        bytes[] memory calls = _calls();
        for (uint256 i = 0; i < calls.length; ++i) {
            _arm(i, calls[i]);
            vm.prank(lp);
            (bool success,) = maker.call(lpCall);
            assertTrue(success);
            _checkLocked(address(shb));
        }
    }

    /// @dev During the swap that pays the maker's margin, the Vault itself holds the lock (T47).
    function test_T13_TheLockNamesItsHolder() public {
        bytes[] memory calls = _calls();
        _arm(0, calls[0]);
        sell(alice, maker, 1e18);
        _checkLocked(address(vault));
    }

    function test_T13_HedgeFindsTheSystemLocked() public {
        bytes[] memory calls = _calls();
        for (uint256 i = 0; i < calls.length; ++i) {
            _arm(i, calls[i]);
            sell(alice, maker, 1e18);
            _checkLocked(address(vault));
            spot.moveTo(START_PRICE);
            _arm(i, calls[i]);
            buy(alice, maker, 1e18);
            _checkLocked(address(shb));
        }
    }

    function _arm(uint256 i, bytes memory call_) private {
        address[7] memory targets =
            [address(shb), address(shb), address(om), address(vault), address(vault), address(vault), address(house)];
        ReentrantToken(address(weth)).arm(targets[i], call_);
    }

    function _calls() private returns (bytes[] memory calls) {
        // The token is an account with a fund and margin, and trades.
        fund(address(weth), 1000 * USD);
        vm.startPrank(owner());
        shb.setWhitelistLp(address(weth), true);
        om.setWhitelistLp(address(weth), true);
        om.setValidSender(address(weth), true);
        vm.stopPrank();
        calls = new bytes[](7);
        calls[0] = abi.encodeWithSignature("totalAssets()");
        calls[1] = abi.encodeWithSignature("deposit(uint256)", 1);
        calls[2] = abi.encodeWithSignature("sharePrice()");
        calls[3] = abi.encodeCall(IVault.withdraw, (1, address(weth)));
        calls[4] = abi.encodeCall(IVault.transferFundToMargin, (market, address(weth), 1));
        calls[5] = abi.encodeCall(IVault.receiveMargin, (market, ""));
        calls[6] = abi.encodeCall(IClearingHouse.trade, (order(address(weth), address(om), true, true, 1e15)));
    }

    function _checkLocked(address holder) private view {
        ReentrantToken token = ReentrantToken(address(weth));
        assertTrue(token.tried());
        assertFalse(token.succeeded());
        assertEq(token.answer(), abi.encodeWithSelector(IVault.Locked.selector, holder));
    }
}
