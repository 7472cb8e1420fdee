// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {RecordsActions} from "../utils/ActionLog.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {ILpModule} from "../../src/interfaces/ILpModule.sol";
import {LpRequest} from "../../src/types/LpRequest.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {TestToken} from "../utils/TestToken.sol";
import {LpHandler} from "./LpHandler.sol";

/// @dev The obligations of request vaults equal their holdings, under any sequence of {LpHandler}'s actions. The
/// handler checks the share value of the other holders.
contract LpInvariants is ExchangeTest, RecordsActions {
    LpHandler internal handler;

    function setUp() public override {
        super.setUp();
        address[] memory lps = new address[](3);
        (lps[0], lps[1], lps[2]) = (makeAddr("carol"), makeAddr("dave"), makeAddr("erin"));
        address trusted = makeAddr("trusted");
        vm.startPrank(owner());
        om.setWhitelistLp(trusted, true);
        shb.setWhitelistLp(trusted, true);
        vm.stopPrank();
        addMargin(alice, quoteXCD(900_000e18));
        handler = new LpHandler(d, pyth, FEED, [usd, weth], trusted, alice, lps);
        targetContract(address(handler));
    }

    /// @dev One campaign for all laws: each would replay the same calls.
    function invariant_EscrowIsWhatIsOwed_RequestsAddUpToClaims() public view {
        _checkEscrow();
        _checkClaims();
    }

    /// @dev To the last unit: pending, returned and claimable of all controllers, in assets, shares, collateral and fees.
    function _checkEscrow() private view {
        for (uint256 m = 0; m < 2; ++m) {
            LpRequestVault queue = handler.queues(m);
            (uint256 assets, uint256 shares, uint256 fees) = _owedToRequests(queue);
            uint256 quote;
            for (uint256 i = 0; i < handler.lpCount(); ++i) {
                address lp_ = handler.lps(i);
                assets += queue.maxWithdraw(lp_);
                shares += queue.maxMint(lp_);
                quote += queue.claimableQuote(lp_);
            }
            TestToken token = handler.tokens(m);
            ILpModule maker = handler.makers(m);
            assertEq(token.balanceOf(address(queue)), assets + handler.donated(m), "assets");
            assertEq(maker.balanceOf(address(queue)), shares, "shares");
            if (token != usd) assertEq(usd.balanceOf(address(queue)), quote, "collateral in kind");
            assertEq(address(queue).balance, fees, "keeper fees");
        }
    }

    /// @dev Claimable requests add up to the claims of their controllers.
    function _checkClaims() private view {
        for (uint256 m = 0; m < 2; ++m) {
            LpRequestVault queue = handler.queues(m);
            for (uint256 i = 0; i < handler.lpCount(); ++i) {
                address lp_ = handler.lps(i);
                uint256 deposits;
                uint256 redemptions;
                for (uint256 id = 1; id <= queue.requestCount(); ++id) {
                    deposits += queue.claimableDepositRequest(id, lp_);
                    redemptions += queue.claimableRedeemRequest(id, lp_);
                }
                assertEq(deposits, queue.maxDeposit(lp_), "deposits");
                assertEq(redemptions, queue.maxRedeem(lp_), "redemptions");
            }
        }
    }

    function afterInvariant() public {
        handler.printCalls();
        _recordCalls(handler);
    }

    function _owedToRequests(LpRequestVault queue) private view returns (uint256 assets, uint256 shares, uint256 fees) {
        for (uint256 id = 1; id <= queue.requestCount(); ++id) {
            LpRequest memory request = queue.requestOf(id);
            uint256 held = request.returned + (request.isClosed ? 0 : request.amount);
            if (request.isDeposit) assets += held;
            else shares += held;
            fees += request.keeperFee;
        }
    }
}

/// @dev The same with a base token of 8 decimals and collateral of 18.
contract LpInvariantsOtherDecimals is LpInvariants {
    function collateralDecimals() internal pure override returns (uint8) {
        return 18;
    }

    function baseDecimals() internal pure override returns (uint8) {
        return 8;
    }
}
